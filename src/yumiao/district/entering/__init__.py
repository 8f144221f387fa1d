"""How people come in and stay in: second factors, open sessions, one-time codes for a new password, single sign-on."""
