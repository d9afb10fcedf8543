"""The calls that write: repositories, settings, uploads, commits, tags; and those before them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import orjson
import yaml
from aiohttp import web

from tests.servers.hub.reading import RefusedError
from tests.servers.hub.repos import Repo

_LARGE = (".parquet", ".gguf", ".bin", ".safetensors")
_ATTRIBUTES = b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"
_LICENSES = ("cc-by-4.0", "cc-by-sa-4.0", "cc0-1.0", "mit", "apache-2.0", "other", "unknown")

CALLS = (
    "validate",
    "create",
    "settings",
    "preupload",
    "batch",
    "upload",
    "verify",
    "commit",
    "tag",
)
"""Every call of a publish that is not a reading one, in the order in which they come."""


def call_of(method: str, path: str) -> str:
    """The name of a call: one of `CALLS`, or what it reads."""
    parts = path.strip("/").split("/")
    if parts[:2] == ["api", "validate-yaml"]:
        return "validate"
    if parts[:3] == ["api", "repos", "create"]:
        return "create"
    if path.endswith("/info/lfs/objects/batch"):
        return "batch"
    if path.endswith("/info/lfs/verify"):
        return "verify"
    if parts[0] == "large":
        return "upload" if method == "PUT" else "large"
    if parts[0] == "api" and len(parts) > 4:
        return parts[4]
    return "resolve" if "resolve" in parts else "info"


@dataclass(frozen=True, slots=True)
class Writer:
    """Answers for the repositories of a Hub.

    Attributes:
        repos: The repositories by kind and id.
        objects: What was uploaded, by its SHA-256, whether in a commit or not.
        token: The one token that may write.
        owner: The one namespace that the token may make repositories in.
        endpoint: The Hub's address.
        store: The address of the large file store.
    """

    repos: dict[tuple[str, str], Repo]
    objects: dict[str, bytes]
    token: str
    owner: str
    endpoint: str
    store: str

    def answer(self, request: web.BaseRequest, raw: bytes) -> web.Response | None:
        """The answer to a call that writes; None for one that reads."""
        call = call_of(request.method, request.path)
        if call == "upload":
            return self._upload(request, raw)
        if call not in CALLS or request.method not in ("POST", "PUT"):
            return None
        if call == "validate":
            return _validated(orjson.loads(raw))
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise RefusedError(401, "", "Invalid username or password.")
        if call == "create":
            return self._create(orjson.loads(raw))
        answer: Callable[[web.BaseRequest, Repo, bytes], web.Response] = getattr(self, f"_{call}")
        return answer(request, self._repo(request), raw)

    def _repo(self, request: web.BaseRequest) -> Repo:
        parts = request.path.strip("/").removeprefix("api/").split("/")
        name = "/".join(parts[1:3]).removesuffix(".git")
        repo = self.repos.get((parts[0], name))
        if repo is None:
            raise RefusedError(404, "RepoNotFound", "Repository not found")
        if not repo.writable:
            raise RefusedError(403, "", "Forbidden: you have no right to write here.")
        return repo

    def _create(self, body: dict[str, Any]) -> web.Response:
        owner = body.get("organization") or self.owner
        id = f"{owner}/{body['name']}"
        if owner != self.owner:
            raise RefusedError(
                403, "", f"You don't have the rights to create a dataset under {owner}"
            )
        url = {"url": f"{self.endpoint}/datasets/{id}", "name": id}
        if ("datasets", id) in self.repos:
            return web.json_response(
                {"error": "You already created this dataset repo", **url}, status=409
            )
        repo = Repo("datasets", id, private=body.get("visibility") == "private")
        repo.commit({".gitattributes": _ATTRIBUTES})
        self.repos["datasets", id] = repo
        return web.json_response(url)

    def _settings(self, request: web.BaseRequest, repo: Repo, raw: bytes) -> web.Response:
        body = orjson.loads(raw)
        if "visibility" in body:
            repo.private = body["visibility"] == "private"
        if "gated" in body:
            repo.gated = body["gated"]
        return web.json_response({"private": repo.private, "gated": repo.gated})

    def _preupload(self, request: web.BaseRequest, repo: Repo, raw: bytes) -> web.Response:
        files = repo.commits[repo.branches["main"]]

        def told(path: str) -> dict[str, Any]:
            mode = "lfs" if path.endswith(_LARGE) else "regular"
            oid = files[path].etag if path in files else None
            return {"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": oid}

        wanted = orjson.loads(raw)["files"]
        return web.json_response({"files": [told(each["path"]) for each in wanted]})

    def _batch(self, request: web.BaseRequest, repo: Repo, raw: bytes) -> web.Response:
        def told(each: dict[str, Any]) -> dict[str, Any]:
            oid = each["oid"]
            if oid in self.objects:
                return {"oid": oid, "size": each["size"]}
            upload = {"href": f"{self.store}/large/{oid}"}
            verify = {"href": f"{self.endpoint}/datasets/{repo.id}.git/info/lfs/verify"}
            actions = {"upload": upload, "verify": verify}
            return {"oid": oid, "size": each["size"], "actions": actions}

        objects = [told(each) for each in orjson.loads(raw)["objects"]]
        return web.json_response({"transfer": "basic", "objects": objects})

    def _upload(self, request: web.BaseRequest, raw: bytes) -> web.Response:
        oid = request.path.rpartition("/")[2]
        if hashlib.sha256(raw).hexdigest() != oid:
            raise RefusedError(400, "", "XAmzContentSHA256Mismatch")
        self.objects[oid] = raw
        return web.Response(status=200, headers={"ETag": f'"{oid}"'})

    def _verify(self, request: web.BaseRequest, repo: Repo, raw: bytes) -> web.Response:
        body = orjson.loads(raw)
        if len(self.objects.get(body["oid"], b"")) != body["size"]:
            raise RefusedError(404, "", "Object does not exist")
        return web.json_response({})

    def _commit(self, request: web.BaseRequest, repo: Repo, raw: bytes) -> web.Response:
        lines = [orjson.loads(line) for line in raw.splitlines() if line]
        header = lines[0]["value"]
        branch = unquote(request.path.rpartition("/commit/")[2])
        head = repo.branches.get(branch)
        if head is None:
            raise RefusedError(404, "RevisionNotFound", f"Invalid rev id: {branch}")
        pull = "create_pr" in request.query
        parent = header.get("parentCommit", head)
        if not pull and parent != head:
            raise RefusedError(
                412, "", "A commit has happened since. Please refresh and try again."
            )
        files = self._changed(repo.commits[parent], lines[1:])
        answer = {"success": True, "hookOutput": ""}
        if pull:
            ref = f"refs/pr/{len(repo.pulls) + 1}"
            repo.pulls[ref] = sha = repo.commit_on(parent, files)
            number = ref.rpartition("/")[2]
            url = f"{self.endpoint}/datasets/{repo.id}/discussions/{number}"
            answer["pullRequestUrl"] = url
        else:
            sha = repo.commit(files, branch)
        url = f"{self.endpoint}/datasets/{repo.id}/commit/{sha}"
        return web.json_response({**answer, "commitOid": sha, "commitUrl": url})

    def _changed(
        self, files: dict[str, Any], lines: list[dict[str, Any]]
    ) -> dict[str, bytes | None]:
        found: dict[str, bytes | None] = {}
        for line in lines:
            value = line["value"]
            path = value["path"]
            if line["key"] == "file":
                found[path] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                if value["oid"] not in self.objects:
                    raise RefusedError(400, "", f"LFS pointer points to no object: {path}")
                found[path] = self.objects[value["oid"]]
            elif path in files:
                found[path] = None
            else:
                raise RefusedError(404, "EntryNotFound", "A file with this name doesn't exist")
        return found

    def _tag(self, request: web.BaseRequest, repo: Repo, raw: bytes) -> web.Response:
        name = orjson.loads(raw)["tag"]
        sha = repo.resolve(unquote(request.path.rpartition("/tag/")[2]))
        if sha is None:
            raise RefusedError(404, "RevisionNotFound", "Invalid rev id")
        if name in repo.tags:
            raise RefusedError(409, "", f"Tag reference exists already: {name}")
        repo.tags[name] = sha
        return web.json_response({})


def _validated(body: dict[str, Any]) -> web.Response:
    errors = list(_errors(body["content"]))
    told = {"errors": [{"message": each} for each in errors], "warnings": []}
    return web.json_response(told, status=400 if errors else 200)


def _errors(card: str) -> list[str]:
    """What the Hub says of a card's front matter."""
    head, found, _ = card.removeprefix("---\n").partition("\n---\n")
    if not card.startswith("---\n") or not found:
        return []
    try:
        front = yaml.load(head, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return ["invalid YAML"]
    if not isinstance(front, dict):
        return ["metadata must be an object"]
    license = front.get("license", "unknown")
    wrong = [] if license in _LICENSES else ['"license" must be one of the known ones']
    for config in front.get("configs", []):
        if not isinstance(config, dict) or not isinstance(config.get("config_name"), str):
            wrong.append('"configs" must be a list of named configs')
    return wrong
