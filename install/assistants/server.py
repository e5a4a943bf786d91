"""Answer an assistant over standard input and output, by the Model Context Protocol."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import version
from itertools import chain

import anyio
from anyio import to_thread
from mcp import types
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from install.assistants import commands, functions, refresh
from install.assistants.tool import Answer, Tool, refused
from workbooks.folder import place

Asked = types.CallToolResult | types.InputRequiredResult
Context = ServerRequestContext
ABOUT = (
    "Costs of large language models: when running one's own beats paying a cloud API, what "
    "either costs, and how sure that is. Pass on the sources and dates that come with each answer, "
    "and say of figures given in a call that they were not checked."
)
FORM: dict[str, object] = {
    "type": "object",
    "properties": {"write": {"type": "boolean", "title": "Write it", "default": False}},
    "required": ["write"],
}
WRITE = "write"


@cache
def tools() -> dict[str, Tool]:
    """Return all tools by name."""
    every = chain(functions.tools(), commands.tools(), refresh.tools())
    return {tool.name: tool for tool in every}


def listed(every: Iterable[Tool]) -> list[types.Tool]:
    """Return tools as the protocol lists them."""
    return [
        types.Tool(
            name=tool.name,
            description=tool.description,
            input_schema=dict(tool.schema),
            annotations=types.ToolAnnotations(
                read_only_hint=not tool.writes, open_world_hint=tool.fetches
            ),
        )
        for tool in every
    ]


class Desk:
    """Answers calls one after the other, and remembers what waits for the user's yes."""

    def __init__(self) -> None:
        self._waiting: dict[str, Callable[[], Answer]] = {}
        self._one_at_a_time = anyio.Lock()  # a command prints, and only one can be listened to

    async def list_tools(
        self, _context: Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        """Return every tool."""
        return types.ListToolsResult(tools=listed(tools().values()))

    async def call(self, context: Context, params: types.CallToolRequestParams) -> Asked:
        """Answer a call, or ask the user first."""
        tool = tools().get(params.name)
        if tool is None:
            return _result(refused(f"There is no tool {params.name!r}."))
        write = self._waiting.pop(params.request_state or "", None)
        if write and params.input_responses:
            reply = types.ElicitResult.model_validate(params.input_responses[WRITE])
            return _result(await self._agreed(reply, write))
        async with self._one_at_a_time:
            place.forget()  # others may have written receipts since the last call
            answer = await to_thread.run_sync(tool.answer, params.arguments or {})
        if answer.write is None:
            return _result(answer)
        return await self._ask(context, answer, answer.write)

    async def _ask(self, context: Context, answer: Answer, write: Callable[[], Answer]) -> Asked:
        """Let the user decide, in the way the assistant's side of the protocol has for it."""
        able = context.session.client_capabilities
        asks = able.elicitation if able else None
        if asks is None or (asks.form is None and asks.url is not None):
            why = "Nothing was written: this assistant cannot ask you. To write it, type: "
            return _result(Answer({**answer.told, "refused": why + answer.typed}, failed=True))
        if context.protocol_version in MODERN_PROTOCOL_VERSIONS:
            state = secrets.token_hex()
            self._waiting[state] = write
            form = types.ElicitRequestFormParams(message=answer.question, requested_schema=FORM)
            return types.InputRequiredResult(
                input_requests={WRITE: types.ElicitRequest(params=form)}, request_state=state
            )
        reply = await context.session.elicit_form(answer.question, FORM, context.request_id)
        return _result(await self._agreed(reply, write))

    async def _agreed(self, reply: types.ElicitResult, write: Callable[[], Answer]) -> Answer:
        if reply.action != "accept" or not (reply.content or {}).get(WRITE):
            return refused("You did not agree, so nothing was written.")
        async with self._one_at_a_time:
            return await to_thread.run_sync(write)


def _result(answer: Answer) -> types.CallToolResult:
    told = json.dumps(answer.told, ensure_ascii=False)
    return types.CallToolResult(
        content=[types.TextContent(text=told)],
        structured_content=dict(answer.told),
        is_error=answer.failed,
    )


def serve() -> None:
    """Answer until the assistant hangs up."""
    anyio.run(_serve)


async def _serve() -> None:
    desk = Desk()
    server = Server(
        "evenpoint",
        version=version("evenpoint"),
        instructions=ABOUT,
        on_list_tools=desk.list_tools,
        on_call_tool=desk.call,
    )
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())
