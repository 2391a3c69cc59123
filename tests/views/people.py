"""People as the queries give them, and a database that is none: it answers and takes orders down."""

from __future__ import annotations

from datetime import timedelta

from app.registry import administering, people
from app.registry import queries as registry
from app.registry.administering import Administered, Order
from app.registry.people import PeopleFilter, PeoplePage, PersonRow, RequestRow, Standing
from models.rules.administration import PersonAction
from models.rules.people import Group
from tests.views.factories import NOW, agency_names


def somebody(login: str, group: Group = Group.LIAISON, **over) -> PersonRow:
    made = dict(
        login=login, name=f"某{login}", group=group, agency="石城镇" if group is Group.LIAISON else None,
        is_head=False, active=True, must_change_password=False, created_at=NOW, disabled_at=None,
    )  # fmt: skip
    return PersonRow(**{**made, **over})


def request(number: int = 1, **over) -> RequestRow:
    made = dict(
        id=number, action=PersonAction.CREATE, login="zhaoqian", name="赵倩", group=Group.OFFICER, agency=None,
        is_head=True, asked_by="admin-2", asked_by_name="周文", asked_at=NOW, expires_at=NOW + timedelta(days=7),
    )  # fmt: skip
    return RequestRow(**{**made, **over})


class Backend:
    """Answers for the people's queries and takes orders down."""

    def __init__(self) -> None:
        self.people = [
            somebody("officer", Group.OFFICER), somebody("lin"), somebody("mo", agency="安铺镇"),
            somebody("mo-2", agency="安铺镇"), somebody("old", active=False, disabled_at=NOW),
            somebody("new", must_change_password=True), somebody("admin", Group.ADMIN), somebody("admin-2", Group.ADMIN),
        ]  # fmt: skip
        self.requests: tuple[RequestRow, ...] = ()
        self.orders: list[Order] = []
        self.decisions: list[tuple[int, bool]] = []
        self.answer: dict = {"done": True, "request": None, "password": None}
        self.refusal: Exception | None = None

    def install(self, monkeypatch) -> None:
        for module, names in (
            (people, ("listed",)), (administering, ("administer", "decide")), (registry, ("agencies",)),
        ):  # fmt: skip
            for name in names:
                monkeypatch.setattr(module, name, getattr(self, f"_{name}"))

    def _listed(self, _connection, reader: Group, wanted: PeopleFilter | None = None) -> PeoplePage:
        everybody = tuple(self.people)
        standings = [p.standing for p in everybody]
        return PeoplePage(
            rows=tuple(p for p in everybody if people.matches(p, wanted or PeopleFilter())),
            everybody=everybody,
            requests=self.requests if people.may_see_requests(reader) else (),
            groups={g: sum(p.group is g for p in everybody) for g in Group},
            standings={s: standings.count(s) for s in Standing},
        )

    def _agencies(self, _connection):
        return agency_names()

    def _administer(self, _workspace, order: Order) -> Administered:
        if self.refusal is not None:
            raise self.refusal
        self.orders.append(order)
        return Administered(order.login, **self.answer)

    def _decide(self, _workspace, number: int, *, accept: bool) -> Administered:
        if self.refusal is not None:
            raise self.refusal
        self.decisions.append((number, accept))
        self.requests = ()
        return Administered("zhaoqian", accept, number, None)
