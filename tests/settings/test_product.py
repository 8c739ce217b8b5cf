"""The settings of the product by LobeChat's names and by their own."""

from portico.settings import load


def test_the_names_of_a_lobechat_deployment_are_taken() -> None:
    settings = load(
        {
            "APP_URL": "https://chat.example.org/",
            "NEXT_PUBLIC_BASE_PATH": "/chat",
            "DATABASE_URL": "postgres://u:p@db/lobe",
            "KEY_VAULTS_SECRET": "anything at all",
            "ACCESS_CODE": "one,two",
            "PROXY_URL": "http://proxy:3128",
            "API_KEY_SELECT_MODE": "turn",
            "SSRF_ALLOW_PRIVATE_IP_ADDRESS": "1",
            "SSRF_ALLOW_IP_ADDRESS_LIST": "10.1.2.3",
            "LLM_CHAT_MAX_RETRIES": "1",
            "DEFAULT_AGENT_CONFIG": "model=llama;provider=groq",
            "PLUGIN_SETTINGS": "search:KEY=1",
        }
    )
    assert (settings.server.app_url, settings.server.base_path) == ("https://chat.example.org", "/chat")
    assert settings.database.is_postgres
    assert settings.access.codes == ("one", "two")
    assert (settings.egress.proxy_url, settings.egress.allow_private, settings.egress.allow) == (
        "http://proxy:3128",
        True,
        ("10.1.2.3/32",),
    )
    assert (settings.providers.key_select, settings.providers.retries, settings.providers.default_model) == ("turn", 1, "groq/llama")
    assert settings.plugin_settings["search"]["KEY"] == "1"


def test_an_own_name_wins_over_lobechats() -> None:
    assert load({"PORTICO_ACCESS_CODE": "mine", "ACCESS_CODE": "theirs"}).access.codes == ("mine",)


def test_the_sessions_and_limits_have_the_values_of_the_security_page() -> None:
    settings = load({})
    assert (settings.access.session_idle_s, settings.access.session_max_s) == (8 * 3600, 7 * 86400)
    assert (settings.limits.logins_per_minute, settings.limits.runs_per_minute, settings.limits.streams_per_user) == (5, 20, 20)
    assert (settings.limits.uploads_per_hour, settings.limits.admin_per_minute) == (60, 60)
