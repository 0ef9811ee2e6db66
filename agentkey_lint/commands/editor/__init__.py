"""`serve`: what an editor is told while a person types. Only `server.py` knows of the protocol; the rest speaks in offsets, findings and bytes."""
