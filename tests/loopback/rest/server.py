"""The HTTP server: every request is recorded, checked and answered, and the answer is checked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from ..description import Description
from ..events import Events
from ..faults import Faults
from ..models import Request
from ..rate_limits import SlidingWindow
from ..responses import json_response, rate_limited
from ..rules import STATE_RULES, Denied, Refused
from ..world import World
from .access import Access
from .call import Call, Handler, Reply, Route, read_body
from .commands import CommandRoutes
from .composer import Composer
from .interactions import InteractionRoutes
from .lookups import LookupRoutes
from .messages import MessageRoutes
from .threads import ThreadRoutes

API = "/api/v10"
REQUESTS_PER_SECOND = 50


class Rest:
    """All routes, and what is done with every request before and after its handler."""

    def __init__(
        self,
        world: World,
        events: Events,
        faults: Faults,
        *,
        token: str,
        shards: int,
        description: Description | None,
    ) -> None:
        self._world = world
        self._faults = faults
        self._token = token
        self._description = description
        self._served = SlidingWindow(REQUESTS_PER_SECOND, 1.0)
        access, composer = Access(world), Composer(world)
        self._table: list[Route] = [
            *LookupRoutes(world, access, shards).routes(),
            *InteractionRoutes(world, events, composer).routes(),
            *MessageRoutes(world, access, events, composer).routes(),
            *ThreadRoutes(world, access, events, composer).routes(),
            *CommandRoutes(world, access).routes(),
        ]

    def add_routes(self, app: web.Application) -> None:
        """Add all routes to an application; any other request is a violation."""
        for method, route, handler in self._table:
            app.router.add_route(method, API + route, self._serving(route, handler))
        app.router.add_route("*", "/{anything:.*}", self._serving(None, self._unknown))

    def matcher(self, where: str) -> Callable[[Request], bool]:
        """Return a predicate for requests to a route, e.g. ``POST /channels/{channel_id}/typing``.

        The method may be left out. Raises a LookupError if there is no such route.
        """
        *methods, route = where.split()
        known = {each for _, each, _ in self._table}
        if route not in known:
            raise LookupError(f"no route {route!r} among {sorted(known)}")
        return lambda request: request.route == route and (not methods or request.method in methods)

    def _serving(
        self, route: str | None, handler: Handler
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def serve(http: web.Request) -> web.Response:
            world = self._world
            name = f"{http.method} {route or http.path}"
            world.routes[name] += 1
            world.count_rules("unknown-route", "unreadable-body")
            try:
                body, files = await read_body(http)
            except Refused as refused:
                return self._refuse(refused, name)
            request = Request(http.method, http.path, route, http.host, body, world.clock(), files)
            world.requests.append(request)
            if (response := await self._faults.response(request)) is not None:
                return response
            # Interactions and webhooks are authorized by the token in their path.
            if route is None or not route.startswith(("/interactions", "/webhooks")):
                if http.headers.get("Authorization") != f"Bot {self._token}":
                    return json_response(401, {"message": "401: Unauthorized", "code": 0})
                if wait := self._seconds_to_wait(name):
                    return rate_limited(wait, "global")
            try:
                self._check_request(http.method, route, body)
                status, answer = await handler(Call(http.match_info, http.query, body, files))
            except Refused as refused:
                return self._refuse(refused, name)
            self._check_answer(http.method, route, status, answer)
            return await self._faults.answer(request, json_response(status, answer))

        return serve

    def _seconds_to_wait(self, request: str) -> float:
        self._world.count_rules("global-rate")
        wait = self._served.take(self._world.clock())
        if wait:
            detail = f"more than {REQUESTS_PER_SECOND} requests in a second"
            self._world.violate("global-rate", detail, STATE_RULES["global-rate"], request)
        return wait

    def _refuse(self, refused: Refused, request: str) -> web.Response:
        if not isinstance(refused, Denied):
            self._world.violate(refused.rule, refused.detail, refused.source, request)
        return json_response(refused.status, refused.body())

    def _check_request(self, method: str, route: str | None, body: Any) -> None:
        if self._description is None or route is None:
            return
        if self._description.check_request(method, route, body):
            self._world.count_rules("schema")

    def _check_answer(self, method: str, route: str | None, status: int, body: Any) -> None:
        if self._description is None or route is None or body is None:
            return
        self._world.count_rules("loopback-answer")
        for problem in self._description.answer_problems(method, route, status, body):
            where = ".".join(map(str, problem.path))
            self._world.violate(
                "loopback-answer",
                f"{where}: {problem.message[:500]}",
                STATE_RULES["loopback-answer"],
                f"{method} {route}",
            )

    async def _unknown(self, call: Call) -> Reply:
        raise Refused("unknown-route", 404, 0, "404: Not Found")
