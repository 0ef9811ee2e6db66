"""Tools of the researcher."""

import requests

SERPER_API_KEY = "your_serper_api_key"


def search(query: str) -> str:
    """What the web says."""
    headers = {"X-API-KEY": "{{40 x hex}}", "Content-Type": "application/json"}
    return requests.post("https://google.serper.dev/search", json={"q": query}, headers=headers, timeout=10).text
