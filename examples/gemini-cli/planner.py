"""Plans a trip."""

import os

from google import genai

client = genai.Client(api_key=os.environ["GEMINI_API_KEY"])
maps_key = "AIza{{35 x aA0_-}}"
max_output_tokens = "2048"
