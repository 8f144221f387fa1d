"""The two addresses of single sign-on: the way to the identity provider, and back with its answer."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from requests import RequestException

from yumiao.web.id_tokens import check_discovery, check_id_token, check_user_info


class CheckedProvider(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth's class has no types
    """The provider as allauth speaks with it, believed only where its answers pass every check."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider tells of itself. Raises: AnswerError, RequestException."""
        if not hasattr(self, "_checked"):
            issuer = self.get_provider().app.settings["server_url"]
            self._checked = check_discovery(super().openid_config, issuer)
        return self._checked

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Return whom the provider vouches for. Raises: AnswerError, RequestException."""
        told = self.openid_config
        with get_adapter().get_requests_session() as session:
            answer = session.get(told["jwks_uri"])
            answer.raise_for_status()
            keys = answer.json()
        signed = kwargs["response"].get("id_token")
        claims = check_id_token(signed, keys=keys, issuer=told["issuer"], client=app.client_id)
        data = {"id_token": claims}
        if "userinfo_endpoint" in told:
            data["userinfo"] = check_user_info(self._fetch_user_info(token.token), claims)
        return self.get_provider().sociallogin_from_response(request, data)


@require_GET
def go_to_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send a person to the provider, with a state and a nonce that only this browser's session knows."""
    checked = CheckedProvider(request, provider_id)
    provider = checked.get_provider()
    provider.oauth2_adapter_class = CheckedProvider
    nonce = secrets.token_urlsafe(24)
    following = get_next_redirect_url(request)
    try:
        answer: HttpResponse = provider.redirect(
            request, "login", following, data={"nonce": nonce}, auth_params={"nonce": nonce}
        )
    except (RequestException, OAuth2Error) as error:
        answer = render_authentication_error(request, provider, exception=error)
    return answer


@require_GET
def come_from_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take the provider's answer: a person comes in, or is told why not."""
    checked = CheckedProvider(request, provider_id)
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(checked)(request)
    except (RequestException, OAuth2Error) as error:
        answer = render_authentication_error(request, checked.get_provider(), exception=error)
    return answer
