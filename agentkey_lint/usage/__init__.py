"""Audit logs held against the manifest: what keys were really used for."""
