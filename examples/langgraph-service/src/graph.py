"""The graph of the support agent."""

import os

from langchain_openai import ChatOpenAI
from langgraph.prebuilt import create_react_agent

model = ChatOpenAI(model="gpt-4o", api_key=os.environ["OPENAI_API_KEY"])
graph = create_react_agent(model, tools=[])
