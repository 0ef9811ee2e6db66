"""An agent with a memory."""

import os

from openai import OpenAI
from qdrant_client import QdrantClient

client = OpenAI()
memory = QdrantClient(url="http://qdrant:6333", api_key=os.environ["QDRANT_API_KEY"])
