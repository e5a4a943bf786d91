"""`evenpoint mcp`: the worksheet functions and the commands, for an assistant to call."""

from __future__ import annotations

from install.terminal.refusal import Refusal


def mcp() -> None:
    """Serve the worksheet functions and the commands to an assistant that started this.

    An assistant (Claude, Copilot, ChatGPT and others that speak the Model Context Protocol) runs
    this command and talks to it over its input and output; nothing listens on the network. Each
    answer names its sources and their dates. Nothing is written before you were asked.

    Its settings name the command evenpoint with the argument mcp, as in
    {"mcpServers": {"evenpoint": {"command": "evenpoint", "args": ["mcp"]}}}

    Example: evenpoint mcp
    """
    try:
        from install.assistants.server import serve
    except ModuleNotFoundError as error:
        raise Refusal(
            f'The package {error.name} is missing; install it with: pip install "evenpoint[mcp]"'
        ) from None
    serve()
