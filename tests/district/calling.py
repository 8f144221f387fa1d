"""Calling the interface in tests: a client with a token, and answers checked against the OpenAPI document."""

import json
import re
from functools import cache

import jsonschema
from django.test import Client
from django.utils import timezone

from yumiao.district.tokens.scopes import Scope
from yumiao.district.tokens.services import create_token

ROOT = "/api/v1"
JSON = "application/json"


@cache
def document():
    response = Client().get(f"{ROOT}/openapi.json")
    assert response.status_code == 200
    return json.loads(response.content)


def operation(method, path):
    """The operation of the document that a path belongs to."""
    path = path.partition("?")[0]
    for pattern, operations in document()["paths"].items():
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", pattern), path) and method.lower() in operations:
            return operations[method.lower()]
    raise AssertionError(f"{method} {path} is not in the document")


def check_shape(method, path, status, body):
    """Check a body against the schema that the document gives for it."""
    schema = operation(method, path)["responses"][str(status)]["content"][JSON]["schema"]
    whole = {**schema, "components": document()["components"]}
    checker = jsonschema.FormatChecker()
    jsonschema.Draft202012Validator(whole, format_checker=checker).validate(body)


class Program:
    """A program that calls as a person; every answer is checked against the document."""

    def __init__(self, login, scopes=tuple(Scope), days=300):
        self.created = create_token(login=login, label="test", scopes=scopes, days=days, now=timezone.now())
        self.client = Client(headers={"Authorization": f"Bearer {self.created.written}"})

    def get(self, path, status=200, **query):
        response = self.client.get(ROOT + path, query)
        return self.checked("GET", path, status, response)

    def post(self, path, body, status=200):
        response = self.client.post(ROOT + path, json.dumps(body), content_type=JSON)
        return self.checked("POST", path, status, response)

    @staticmethod
    def checked(method, path, status, response):
        body = json.loads(response.content)
        assert response.status_code == status, body
        check_shape(method, ROOT + path, status, body)
        return body
