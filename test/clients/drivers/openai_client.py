"""The Python `openai` package as a driver: one JSON request per line in, one JSON answer per line out."""

import json
import sys

from openai import OpenAI

URL, MODEL = sys.argv[1], sys.argv[2]
TOOL = json.loads(sys.argv[3])
client = OpenAI(api_key="unused", base_url=URL + "/v1")


def write(message):
    print(json.dumps(message), flush=True)


def messages(prompt):
    return [{"role": "user", "content": prompt}]


def chat(prompt, give_up=False):
    patience = client.with_options(timeout=0.3, max_retries=0) if give_up else client
    answer = patience.chat.completions.create(model=MODEL, messages=messages(prompt))
    choice = answer.choices[0]
    return {"text": choice.message.content, "finish": choice.finish_reason, "promptTokens": answer.usage.prompt_tokens}


def stream(prompt, abort_after_first=False):
    text, finish = "", None
    chunks = client.chat.completions.create(model=MODEL, messages=messages(prompt), stream=True)
    for chunk in chunks:
        piece = chunk.choices[0].delta.content
        text += piece or ""
        finish = chunk.choices[0].finish_reason or finish
        if abort_after_first and piece:
            chunks.close()
            raise RuntimeError("aborted")
    return {"text": text, "finish": finish, "promptTokens": None}


def tool(prompt, streamed):
    tools = [{"type": "function", "function": TOOL}]
    if not streamed:
        call = client.chat.completions.create(model=MODEL, messages=messages(prompt), tools=tools).choices[0].message.tool_calls[0]
        return {"name": call.function.name, "arguments": json.loads(call.function.arguments)}
    with client.chat.completions.stream(model=MODEL, messages=messages(prompt), tools=tools) as events:
        for _ in events:
            pass
        call = events.get_final_completion().choices[0].message.tool_calls[0]
    return {"name": call.function.name, "arguments": json.loads(call.function.arguments)}


def json_mode(prompt):
    answer = client.chat.completions.create(model=MODEL, messages=messages(prompt), response_format={"type": "json_object"})
    return json.loads(answer.choices[0].message.content)


def embed(texts):
    return [row.embedding for row in client.embeddings.create(model=MODEL, input=texts).data]


def models():
    return [model.id for model in client.models.list()]


CALLS = {"chat": chat, "stream": stream, "tool": tool, "json": json_mode, "embed": embed, "models": models}

for line in sys.stdin:
    request = json.loads(line)
    try:
        write({"value": CALLS[request["call"]](*request["arguments"])})
    except Exception as error:  # every failure is an answer here
        write({"error": f"{type(error).__name__}: {error}", "status": getattr(error, "status_code", None)})
