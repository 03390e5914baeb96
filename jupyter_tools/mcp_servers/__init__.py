"""Tools of MCP servers (extra `mcp`): programs that are started here, or addresses."""
