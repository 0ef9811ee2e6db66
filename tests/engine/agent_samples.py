"""Settings of agents as people write them, one row a reader: its id, a path of it, what the rules say of the over-broad file, that file, a narrow one."""

import json

TOOLS, BYPASS, EXPOSED, INVALID = "broad-tool-permission", "approval-bypass", "secret-exposure", "invalid-permission-rule"
PLAIN, UNPINNED = "insecure-transport", "unpinned-server"
RULES = (TOOLS, BYPASS, EXPOSED, INVALID, PLAIN, UNPINNED)


def j(shape: object) -> str:
    return json.dumps(shape, indent=2) + "\n"


def servers(
    reference: str, key: str = "mcpServers", address: str = "url", wide: "dict[str, object] | None" = None, narrow: "dict[str, object] | None" = None
) -> tuple[str, str]:
    """A list of two servers, over-broad and narrow: the newest version of a package and an address in the clear; wide, narrow: more of the first."""
    env, headers = {"GITHUB_TOKEN": reference}, {"Authorization": "Bearer " + reference}
    package = "@modelcontextprotocol/server-github"
    broad = {
        "github": {"command": "npx", "args": ["-y", package], "env": env, **(wide or {})},
        "docs": {address: "http://mcp.example.com/mcp", "headers": headers},
    }
    clean = {
        "github": {"command": "npx", "args": ["-y", package + "@2025.4.8"], "env": env, **(narrow or {})},
        "docs": {address: "https://mcp.example.com/mcp", "headers": headers},
    }
    inputs = {"inputs": [{"id": "token", "type": "promptString", "password": True}]} if "${input:" in reference else {}
    return j({**inputs, key: broad}), j({**inputs, key: clean})


CLAUDE = """{
  "$schema": "https://json.schemastore.org/claude-code-settings.json",
  "permissions": {
    "allow": ["Bash(*)", "Bash(python3:*)", "Bash(curl:*)", "Read(*)", "WebFetch", "mcp__*", "mcp__github", "Bash:*"],
    "deny": ["Read:.env"],
    "additionalDirectories": ["~"],
    "defaultMode": "bypassPermissions"
  },
  "enableAllProjectMcpServers": true,
  "sandbox": {"enabled": true, "network": {"allowAllUnixSockets": true}}
}
"""
CLAUDE_NARROW = """{
  "$schema": "https://json.schemastore.org/claude-code-settings.json",
  "permissions": {
    "allow": ["Bash(npm run test:*)", "Bash(git status)", "Read(src/**)", "WebFetch(domain:docs.example.com)", "mcp__github__get_issue"],
    "ask": ["Bash(git push:*)"],
    "deny": ["Read(./.env)", "Read(./.env.*)", "Read(./secrets/**)"],
    "additionalDirectories": ["../shared"],
    "defaultMode": "default",
    "disableBypassPermissionsMode": "disable"
  },
  "enabledMcpjsonServers": ["github"],
  "sandbox": {"enabled": true, "network": {"allowUnixSockets": ["/run/build.sock"]}}
}
"""
CURSOR = {"version": 1, "permissions": {"allow": ["Shell(*)", "Read(**)", "Write(**)", "WebFetch(*)", "Mcp(*, *)"], "deny": []}}
CURSOR_NARROW = {"version": 1, "permissions": {"allow": ["Shell(git)", "Read(src/**)", "Mcp(github, get_issue)"], "deny": ["Read(.env*)", "Shell(rm)"]}}
VSCODE = """{
  // every member of the team gets these
  "editor.formatOnSave": true,
  "chat.tools.global.autoApprove": true,
  "chat.tools.terminal.autoApprove": {"git status": true, "/.*/": true, "python3": true, "rm": false},
  "chat.tools.urls.autoApprove": {"https://*": true},
  "chat.tools.terminal.ignoreDefaultAutoApproveRules": true,
  "chat.permissions.default": "autopilot",
  "claudeCode.initialPermissionMode": "bypassPermissions",
  "roo-cline.allowedCommands": ["*"],
  "claudeCode.allowDangerouslySkipPermissions": true,
}
"""
VSCODE_NARROW = """{
  // every member of the team gets these
  "editor.formatOnSave": true,
  "chat.tools.global.autoApprove": false,
  "chat.tools.terminal.autoApprove": {"git status": true, "/^npm run (test|lint)$/": true, "rm": false},
  "chat.tools.urls.autoApprove": {"https://docs.example.com/*": true},
  "chat.permissions.default": "default",
  "claudeCode.initialPermissionMode": "plan",
  "roo-cline.allowedCommands": ["npm test", "git log"],
}
"""
CODEX = """model = "gpt-5"
approval_policy = "never"
sandbox_mode = "danger-full-access"

[sandbox_workspace_write]
writable_roots = ["/"]
network_access = true

[shell_environment_policy]
inherit = "all"
ignore_default_excludes = true

[mcp_servers.github]
command = "npx"
args = ["-y", "@modelcontextprotocol/server-github"]
env_vars = ["GITHUB_TOKEN"]

[mcp_servers.docs]
url = "http://mcp.example.com/mcp"
bearer_token_env_var = "GITHUB_TOKEN"
"""
CODEX_NARROW = """model = "gpt-5"
approval_policy = "on-request"
sandbox_mode = "workspace-write"

[sandbox_workspace_write]
writable_roots = ["/srv/build"]
network_access = false

[shell_environment_policy]
inherit = "core"
include_only = ["PATH", "HOME"]

[mcp_servers.github]
command = "npx"
args = ["-y", "@modelcontextprotocol/server-github@2025.4.8"]
env_vars = ["GITHUB_TOKEN"]

[mcp_servers.docs]
url = "https://mcp.example.com/mcp"
bearer_token_env_var = "GITHUB_TOKEN"
"""


def gemini(mode: str, tool: str, trust: bool, version: str = "", redacted: bool = True) -> str:
    package = "@modelcontextprotocol/server-github" + version
    server = {"command": "npx", "args": ["-y", package], "env": {"GITHUB_TOKEN": "$GITHUB_TOKEN"}, "trust": trust}
    security = {"folderTrust": {"enabled": redacted}, "environmentVariableRedaction": {"enabled": redacted}}
    return j({"general": {"defaultApprovalMode": mode}, "tools": {"allowed": [tool]}, "security": security, "mcpServers": {"github": server}})


def cli_agent(allowed: list[str], tools: list[str], path: str, command: str) -> str:
    limits = {"fs_write": {"allowedPaths": [path]}, "execute_bash": {"allowedCommands": [command]}}
    return j({"name": "dev", "description": "writes code", "tools": tools, "allowedTools": allowed, "toolsSettings": limits})


CLI_AGENT = cli_agent(["fs_read", "execute_bash", "@git"], ["*"], "~/**", ".*")
CLI_AGENT_NARROW = cli_agent(["fs_read", "@git/git_status"], ["fs_read", "fs_write", "execute_bash", "@git"], "src/**", "git status")
OPENCODE = """{
  "$schema": "https://opencode.ai/config.json",
  "permission": {"*": "allow", "edit": "allow", "bash": {"*": "allow", "rm *": "ask"}, "external_directory": "allow"},
  "agent": {"review": {"permission": {"bash": "allow"}}, "build": {"permission": "allow"}},
  "mcp": {
    "github": {"type": "local", "command": ["npx", "-y", "@modelcontextprotocol/server-github"], "environment": {"GITHUB_TOKEN": "{env:GITHUB_TOKEN}"}},
    "docs": {"type": "remote", "url": "http://mcp.example.com/mcp", "headers": {"Authorization": "Bearer {env:GITHUB_TOKEN}"}}
  }
}
"""
OPENCODE_NARROW = """{
  "$schema": "https://opencode.ai/config.json",
  "permission": {"*": "ask", "edit": "ask", "bash": {"*": "ask", "git status*": "allow"}, "external_directory": "ask"},
  "agent": {"review": {"permission": {"bash": "deny"}}},
  "mcp": {
    "github": {"type": "local", "command": ["npx", "-y", "@modelcontextprotocol/server-github@2.4.8"], "environment": {"GITHUB_TOKEN": "{env:GITHUB_TOKEN}"}},
    "docs": {"type": "remote", "url": "https://mcp.example.com/mcp", "headers": {"Authorization": "Bearer {env:GITHUB_TOKEN}"}}
  }
}
"""


def goose(mode: str, version: str, scheme: str) -> str:
    return f"""GOOSE_PROVIDER: anthropic
GOOSE_MODE: {mode}
extensions:
  github:
    type: stdio
    enabled: true
    cmd: npx
    args: ["-y", "@modelcontextprotocol/server-github{version}"]
    env_keys: [GITHUB_TOKEN]
  docs:
    type: streamable_http
    enabled: true
    uri: {scheme}://mcp.example.com/mcp
    env_keys: [GITHUB_TOKEN]
    headers:
      Authorization: Bearer ${{GITHUB_TOKEN}}
"""


def zed(default: str, pattern: str, tool: str, everything: bool) -> str:
    tools = {"terminal": {"default": tool, "always_allow": [{"pattern": pattern}]}}
    agent = {"tool_permissions": {"default": default, "tools": tools}, "profiles": {"write": {"name": "Write", "enable_all_context_servers": everything}}}
    return j({"theme": "One Dark", "agent": agent})


def openhands(confirm: str, privileged: str) -> str:
    llm = '[core]\nworkspace_base = "./workspace"\n\n[llm]\nmodel = "gpt-5"\n\n'
    return f'{llm}[security]\nconfirmation_mode = {confirm}\n\n[kubernetes]\nnamespace = "agents"\nprivileged = {privileged}\n'


def crew(more: str) -> str:
    return f"researcher:\n  role: >\n    Researcher of {{topic}}\n  goal: Find what is new\n  backstory: Reads a lot.\n  llm: openai/gpt-5\n{more}"


def published(argument: "dict[str, str]", transport: str) -> str:
    secret = {"name": "GITHUB_TOKEN", "description": "token for issues", "isRequired": True, "isSecret": True, **argument}
    package = {"registryType": "npm", "identifier": "example-mcp", "version": "1.0.2", "transport": {"type": "stdio"}, "environmentVariables": [secret]}
    remote = {"type": "streamable-http", "url": transport, "headers": [{"name": "Authorization", "isSecret": True, **argument}]}
    schema = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
    return j({"$schema": schema, "name": "io.github.example/mcp", "version": "1.0.2", "packages": [package], "remotes": [remote]})


def smart_agent(scheme: str, ssl: str, skip: str, version: str) -> str:
    key = "${APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY}"
    head = f"ControllerURL = {scheme}://acme.saas.example.com\nAccountName = acme\nAccountAccessKey = {key}\nEnableSSL = {ssl}\n"
    return f"{head}\n[TLSClientSetting]\nInsecureSkipVerify = {skip}\nMinVersion = {version}\n"


SMART = ({PLAIN: 4}, smart_agent("http", "false", "true", "1.0"), smart_agent("https", "true", "false", "1.2"))
LISTED = {UNPINNED: 1, PLAIN: 1}
STAR = {BYPASS: 1, **LISTED}
ALWAYS = {"wide": {"alwaysAllow": ["*"]}, "narrow": {"alwaysAllow": ["get_issue"]}}
AUTO = {"wide": {"autoApprove": ["*"]}, "narrow": {"autoApprove": ["get_issue"]}}
ACCEPTED = {TOOLS: 9, INVALID: 2, BYPASS: 2}
AGENT = {TOOLS: 5}

FILES: list[tuple[str, str, dict[str, int], str, str]] = [
    ("aider", ".aider.conf.yml", {BYPASS: 1}, "model: sonnet\nyes-always: true\n", "model: sonnet\nauto-commits: false\n"),
    ("amazon-q-agents", ".amazonq/cli-agents/dev.json", AGENT, CLI_AGENT, CLI_AGENT_NARROW),
    ("amazon-q-mcp", ".amazonq/mcp.json", STAR, *servers("${env:GITHUB_TOKEN}", **AUTO)),
    ("appdynamics-smart-agent", "config.ini", *SMART),
    ("appdynamics-smart-agent-example", "config.ini.example", *SMART),
    ("claude-code-mcp", ".mcp.json", STAR, *servers("${GITHUB_TOKEN}", **ALWAYS)),
    ("claude-code-settings", ".claude/settings.json", ACCEPTED, CLAUDE, CLAUDE_NARROW),
    ("claude-code-settings-local", ".claude/settings.local.json", ACCEPTED, CLAUDE, CLAUDE_NARROW),
    ("claude-desktop", "claude_desktop_config.json", {BYPASS: 1}, j({"mcpServers": {"files": {"command": "mcp-files", "autoApprove": ["*"]}}}),
        j({"mcpServers": {"files": {"command": "mcp-files", "args": ["docs"]}}})),
    ("cline-mcp", "cline_mcp_settings.json", STAR, *servers("${env:GITHUB_TOKEN}", **AUTO)),
    ("codex", ".codex/config.toml", {BYPASS: 2, TOOLS: 2, EXPOSED: 1, **LISTED}, CODEX, CODEX_NARROW),
    ("copilot-cli-mcp", ".github/mcp.json", {TOOLS: 1, **LISTED}, *servers("${GITHUB_TOKEN}", wide={"tools": ["*"]}, narrow={"tools": ["get_issue"]})),
    ("crewai", "src/crew/config/agents.yaml", {TOOLS: 2}, crew("  allow_code_execution: true\n  code_execution_mode: unsafe\n"), crew("")),
    ("cursor-mcp", ".cursor/mcp.json", STAR, *servers("${env:GITHUB_TOKEN}", **ALWAYS)),
    ("cursor-permissions", ".cursor/cli.json", AGENT, j(CURSOR), j(CURSOR_NARROW)),
    ("cursor-permissions", ".cursor/permissions.json", {TOOLS: 2}, j({"terminalAllowlist": ["git status", "*"], "mcpAllowlist": ["*:*"]}),
        j({"terminalAllowlist": ["git status"], "mcpAllowlist": ["github:get_issue"]})),
    ("devcontainer", ".devcontainer/devcontainer.json", {BYPASS: 1}, j({"customizations": {"vscode": {"settings": {"chat.tools.global.autoApprove": True}}}}),
        j({"image": "example/dev:1", "customizations": {"vscode": {"settings": {"chat.tools.global.autoApprove": False}}}})),
    ("gemini-extension", "gemini-extension.json", STAR,
        *servers("${GITHUB_TOKEN}", address="httpUrl", wide={"trust": True}, narrow={"includeTools": ["get_issue"]})),
    ("gemini-settings", ".gemini/settings.json", {BYPASS: 3, TOOLS: 1, EXPOSED: 1, UNPINNED: 1}, gemini("yolo", "run_shell_command", True, redacted=False),
        gemini("default", "run_shell_command(git status)", False, "@2025.4.8")),
    ("goose", ".config/goose/config.yaml", STAR, goose("auto", "", "http"), goose("smart_approve", "@2025.4.8", "https")),
    ("kiro-agents", ".kiro/agents/dev.json", AGENT, CLI_AGENT, CLI_AGENT_NARROW),
    ("kiro-mcp", ".kiro/settings/mcp.json", STAR, *servers("${GITHUB_TOKEN}", **AUTO)),
    ("mcp-server-json", "server.json", {EXPOSED: 2}, published({"value": "team-one"}, "https://mcp.example.com"), published({}, "https://mcp.example.com")),
    ("openclaw", ".openclaw/openclaw.json", {BYPASS: 1, TOOLS: 1}, j({"tools": {"exec": {"security": "full", "ask": "off"}}}),
        j({"tools": {"exec": {"security": "allowlist", "ask": "on-miss"}}})),
    ("opencode", "opencode.json", {BYPASS: 2, TOOLS: 4, **LISTED}, OPENCODE, OPENCODE_NARROW),
    ("openhands", "config.toml", {BYPASS: 1, TOOLS: 1}, openhands("false", "true"), openhands("true", "false")),
    ("qwen-settings", ".qwen/settings.json", {BYPASS: 3, TOOLS: 1, UNPINNED: 1}, gemini("yolo", "run_shell_command", True, redacted=False),
        gemini("default", "run_shell_command(git status)", False, "@2025.4.8")),
    ("roo-mcp", ".roo/mcp.json", STAR, *servers("${env:GITHUB_TOKEN}", **ALWAYS)),
    ("vscode-mcp", ".vscode/mcp.json", LISTED, *servers("${input:token}", "servers")),
    ("vscode-settings", ".vscode/settings.json", {BYPASS: 8, TOOLS: 1}, VSCODE, VSCODE_NARROW),
    ("windsurf-mcp", ".codeium/windsurf/mcp_config.json", STAR, *servers("${env:GITHUB_TOKEN}", address="serverUrl", **ALWAYS)),
    ("zed", ".zed/settings.json", {BYPASS: 1, TOOLS: 3}, zed("allow", ".*", "allow", True), zed("confirm", "^git status$", "confirm", False)),
]  # fmt: skip
"""A reader of MCP servers whose file says no more than which there are stands here beside those that know settings (`vscode-mcp`), as does one whose
settings are variables (`goose`)."""
