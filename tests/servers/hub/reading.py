"""The calls that read: what a repository is, what is in it, and its files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.servers.hub.repos import File, Repo

_KINDS = {"datasets": "datasets", "models": "models"}


class RefusedError(Exception):
    """An answer that is an error of the Hub's, with its code."""

    def __init__(self, status: int, code: str, message: str) -> None:
        """An HTTP status, a code of the Hub's or "", and a message."""
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True, slots=True)
class Reader:
    """Answers for the repositories of a Hub.

    Attributes:
        repos: The repositories by kind and id.
        token: The one token that opens private and gated ones.
        store: Where large files are: another host, which a token must not reach.
    """

    repos: dict[tuple[str, str], Repo]
    token: str
    store: str

    def answer(self, request: web.BaseRequest, body: dict[str, Any]) -> web.Response:
        """The answer to a call; `RefusedError` where the Hub says no."""
        path = request.path.strip("/").split("/")
        if path[0] == "api" and len(path) >= 4 and path[1] in _KINDS:
            return self._api(request, path[1], "/".join(path[2:4]), path[4:], body)
        if path[0] == "large" and len(path) == 2:
            return _bytes(request, self._large(path[1]), {"ETag": f'"{path[1]}"'})
        kind, rest = ("datasets", path[1:]) if path[0] == "datasets" else ("models", path)
        if len(rest) >= 5 and rest[2] == "resolve":
            repo = self._repo(request, kind, "/".join(rest[:2]))
            return self._file(request, repo, rest[3:])
        raise RefusedError(404, "", "Not Found")

    def _api(
        self, request: web.BaseRequest, kind: str, id: str, rest: list[str], body: dict[str, Any]
    ) -> web.Response:
        repo = self._repo(request, kind, id)
        what, rest = (rest[0], rest[1:]) if rest else ("revision", ["main"])
        if what == "refs":
            return web.json_response(_refs(repo, "include_prs" in request.query))
        sha, path = _commit(repo, rest)
        if what == "revision":
            return web.json_response(_info(repo, sha))
        if what == "tree":
            recursive = request.query.get("recursive", "").lower() in ("true", "1")
            return web.json_response(_tree(repo.commits[sha], "/".join(path), recursive))
        if what == "paths-info" and request.method == "POST":
            files = repo.commits[sha]
            paths = [path for path in body.get("paths", []) if path in files]
            return web.json_response([_entry(path, files[path]) for path in paths])
        raise RefusedError(404, "", "Not Found")

    def _repo(self, request: web.BaseRequest, kind: str, id: str) -> Repo:
        given = request.headers.get("Authorization", "")
        repo = self.repos.get((kind, id))
        if given and given != f"Bearer {self.token}":
            raise RefusedError(401, "", "Invalid credentials in Authorization header")
        if repo is None and given:
            raise RefusedError(404, "RepoNotFound", "Repository not found")
        if repo is None or (repo.private and not given):
            raise RefusedError(401, "RepoNotFound", "Invalid username or password.")
        return repo

    def _file(self, request: web.BaseRequest, repo: Repo, rest: list[str]) -> web.Response:
        if repo.gated and "Authorization" not in request.headers:
            raise RefusedError(401, "GatedRepo", f"Access to {repo.kind} {repo.id} is restricted.")
        sha, path = _commit(repo, rest)
        file = repo.commits[sha].get("/".join(path))
        if file is None:
            raise RefusedError(404, "EntryNotFound", "Entry not found")
        known = {"X-Repo-Commit": sha, "ETag": f'"{file.etag}"'}
        if not file.large:
            return _bytes(request, file, known)
        linked = {"X-Linked-Size": str(len(file.data)), "X-Linked-Etag": f'"{file.sha256}"'}
        location = f"{self.store}/large/{file.sha256}"
        return web.Response(status=302, headers={**known, **linked, "Location": location})

    def _large(self, sha256: str) -> File:
        everything = (
            file
            for repo in self.repos.values()
            for files in repo.commits.values()
            for file in files.values()
        )
        for file in everything:
            if file.large and file.sha256 == sha256:
                return file
        raise RefusedError(404, "", "Not Found")


def _commit(repo: Repo, rest: list[str]) -> tuple[str, list[str]]:
    """The commit that the next part names, and the parts after it."""
    revision = unquote(rest[0]) if rest else "main"
    rest = rest[1:]
    if revision == "refs" and len(rest) >= 2:
        revision, rest = "/".join((revision, *rest[:2])), rest[2:]
    sha = repo.resolve(revision)
    if sha is None:
        raise RefusedError(404, "RevisionNotFound", f"Invalid rev id: {revision}")
    return sha, rest


def _info(repo: Repo, sha: str) -> dict[str, Any]:
    return {
        "_id": "0" * 24,
        "id": repo.id,
        "sha": sha,
        "private": repo.private,
        "gated": "auto" if repo.gated is True else repo.gated,
        "disabled": False,
        "tags": [],
        "downloads": 0,
        "likes": 0,
        "lastModified": "2026-11-01T00:00:00.000Z",
        "createdAt": "2026-11-01T00:00:00.000Z",
        "cardData": repo.card(sha),
        "siblings": [{"rfilename": path} for path in sorted(repo.commits[sha])],
    }


def _refs(repo: Repo, with_pulls: bool) -> dict[str, Any]:
    def listed(refs: dict[str, str], folder: str) -> list[dict[str, str]]:
        return [
            {"name": name, "ref": f"refs/{folder}/{name}", "targetCommit": sha}
            for name, sha in refs.items()
        ]

    pulls = [
        {"name": ref.removeprefix("refs/"), "ref": ref, "targetCommit": sha}
        for ref, sha in repo.pulls.items()
    ]
    return {"branches": listed(repo.branches, "heads"), "tags": listed(repo.tags, "tags")} | {
        "converts": [],
        "pullRequests": pulls if with_pulls else [],
    }


def _tree(files: dict[str, File], folder: str, recursive: bool) -> list[dict[str, Any]]:
    below = f"{folder}/" if folder else ""
    inside = {path: file for path, file in sorted(files.items()) if path.startswith(below)}
    if not inside and folder:
        raise RefusedError(404, "EntryNotFound", f'"{folder}" does not exist')
    return list(_listed(inside, below, recursive))


def _listed(files: dict[str, File], below: str, recursive: bool) -> Iterator[dict[str, Any]]:
    folders: set[str] = set()
    for path, file in files.items():
        parts = path.removeprefix(below).split("/")
        for depth in range(1, len(parts) if recursive else min(2, len(parts))):
            folder = below + "/".join(parts[:depth])
            if folder not in folders:
                folders.add(folder)
                yield {"type": "directory", "path": folder, "oid": "0" * 40, "size": 0}
        if recursive or len(parts) == 1:
            yield _entry(path, file)


def _entry(path: str, file: File) -> dict[str, Any]:
    entry = {"type": "file", "path": path, "oid": file.blob, "size": len(file.data)}
    if file.large:
        entry["lfs"] = {"oid": file.sha256, "size": len(file.data), "pointerSize": 134}
    return entry


def _bytes(request: web.BaseRequest, file: File, headers: dict[str, str]) -> web.Response:
    """The file, or the part that `Range` asks for; a HEAD has its length and no body."""
    start, stop, size = 0, len(file.data), len(file.data)
    status = 200
    if wanted := request.headers.get("Range"):
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        start = int(first) if first else size - int(last)
        stop = min(size, int(last) + 1) if first and last else size
        if start >= size:
            return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})
        status, headers = 206, headers | {"Content-Range": f"bytes {start}-{stop - 1}/{size}"}
    headers = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes", **headers}
    if request.method == "HEAD":
        headers["Content-Length"] = str(stop - start)
        return web.Response(status=status, headers=headers)
    return web.Response(status=status, body=file.data[start:stop], headers=headers)
