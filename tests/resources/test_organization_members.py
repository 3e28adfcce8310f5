"""Users, invites, groups and roles of an organization through the official SDK."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types.admin.organization import OrganizationUser

from tests.conftest import Wire


def join(client: OpenAI, wire: Wire, email: str = "ada@example.com", **options: Any) -> OrganizationUser:
    """A member who accepted an invite."""
    client.admin.organization.invites.create(email=email, role="reader", **options)
    wire.advance("1m")
    (found,) = client.admin.organization.users.list(emails=[email])
    return found


def test_a_fresh_organization_has_an_owner(client: OpenAI) -> None:
    (owner,) = client.admin.organization.users.list()
    assert owner.id.startswith("user-") and owner.role == "owner" and owner.email
    assert client.admin.organization.users.retrieve(owner.id) == owner
    (project,) = client.admin.organization.projects.list()
    (member,) = client.admin.organization.projects.users.list(project.id)
    assert (member.id, member.role) == (owner.id, "owner")


def test_the_last_owner_stays(client: OpenAI, wire: Wire) -> None:
    users = client.admin.organization.users
    (owner,) = users.list()
    for change in (lambda: users.delete(owner.id), lambda: users.update(owner.id, role="reader")):
        with pytest.raises(openai.BadRequestError, match="last owner"):
            change()
    other = join(client, wire)
    assert users.update(other.id, role="owner").role == "owner"
    assert users.update(owner.id, role="reader").role == "reader"
    assert users.delete(owner.id).deleted
    assert [user.id for user in users.list()] == [other.id]
    with pytest.raises(openai.NotFoundError):
        users.retrieve(owner.id)


def test_an_invite_is_accepted_after_a_minute(client: OpenAI, wire: Wire) -> None:
    wire.control("POST", "/_mock/clock", json={"freeze": True})
    organization = client.admin.organization
    (default,) = organization.projects.list()
    other = organization.projects.create(name="Till")
    invite = organization.invites.create(email="ada@example.com", role="reader", projects=[{"id": other.id, "role": "owner"}])
    assert (invite.status, invite.accepted_at, invite.id[:7]) == ("pending", None, "invite-")
    assert organization.invites.list().data == [invite] == [organization.invites.retrieve(invite.id)]
    assert len(organization.users.list().data) == 1
    wire.advance("59s")
    assert organization.invites.retrieve(invite.id).status == "pending"
    wire.advance("1h")
    accepted = organization.invites.retrieve(invite.id)
    assert (accepted.status, accepted.accepted_at) == ("accepted", invite.created_at + 60)
    ada = organization.users.list(emails=["ada@example.com"]).data[0]
    assert (ada.name, ada.role, ada.added_at) == ("ada", "reader", invite.created_at + 60)
    assert organization.projects.users.retrieve(ada.id, project_id=other.id).role == "owner"
    with pytest.raises(openai.NotFoundError):
        organization.projects.users.retrieve(ada.id, project_id=default.id)
    with pytest.raises(openai.BadRequestError, match="accepted"):
        organization.invites.delete(invite.id)
    with pytest.raises(openai.BadRequestError, match="already"):
        organization.invites.create(email="ada@example.com", role="reader")


def test_who_is_invited_to_no_project_in_particular_comes_to_the_default_one(client: OpenAI, wire: Wire) -> None:
    (default,) = client.admin.organization.projects.list()
    ada, ben = join(client, wire), join(client, wire, "ben@example.com", projects=[])
    members = [user.id for user in client.admin.organization.projects.users.list(default.id)]
    assert ada.id in members and ben.id not in members


def test_an_invite_expires_or_is_deleted(client: OpenAI, wire: Wire) -> None:
    wire.control("POST", "/_mock/lifecycle", json={"kind": "organization.invite", "seconds": {"pending": 10**7}})
    invites = client.admin.organization.invites
    kept, gone = invites.create(email="a@example.com", role="owner"), invites.create(email="b@example.com", role="owner")
    assert invites.delete(gone.id).deleted
    wire.advance("8d")
    assert [(invite.id, invite.status) for invite in invites.list()] == [(kept.id, "expired")]
    assert len(client.admin.organization.users.list().data) == 1


def test_users_join_and_leave_projects(client: OpenAI, wire: Wire) -> None:
    organization = client.admin.organization
    project = organization.projects.create(name="Till")
    ada = join(client, wire, projects=[])
    members = organization.projects.users
    added = members.create(project.id, email="ada@example.com", role="member")
    assert (added.id, added.role, added.email) == (ada.id, "member", ada.email)
    with pytest.raises(openai.BadRequestError, match="already"):
        members.create(project.id, user_id=ada.id, role="member")
    assert members.update(ada.id, project_id=project.id, role="owner").role == "owner"
    assert [user.id for user in members.list(project.id, limit=1)][-1] == ada.id
    assert members.delete(ada.id, project_id=project.id).deleted
    with pytest.raises(openai.NotFoundError):
        members.retrieve(ada.id, project_id=project.id)
    strangers: list[dict[str, Any]] = [{"user_id": "user-x"}, {"email": "nobody@example.com"}]
    for unknown in strangers:
        with pytest.raises(openai.BadRequestError, match="not a member of the organization"):
            members.create(project.id, role="member", **unknown)
    with pytest.raises(openai.BadRequestError, match="Supported values are: 'owner' and 'member'"):
        members.create(project.id, user_id=ada.id, role="emperor")


def test_a_group_has_users(client: OpenAI, wire: Wire) -> None:
    groups = client.admin.organization.groups
    group = groups.create(name="Support")
    assert group.id.startswith("group_") and len(group.id) == 32 and not group.is_scim_managed
    assert groups.update(group.id, name="Escalations").name == "Escalations"
    assert groups.retrieve(group.id).name == "Escalations"
    ada = join(client, wire)
    assert groups.users.create(group.id, user_id=ada.id).user_id == ada.id
    assert [user.id for user in groups.users.list(group.id)] == [ada.id]
    found = groups.users.retrieve(ada.id, group_id=group.id)
    assert (found.user_type, found.is_service_account, found.email) == ("user", False, ada.email)
    assert groups.users.delete(ada.id, group_id=group.id).deleted
    assert groups.users.list(group.id).data == []
    assert groups.delete(group.id).deleted
    with pytest.raises(openai.NotFoundError):
        groups.retrieve(group.id)


def test_groups_are_listed_by_page(client: OpenAI) -> None:
    groups = client.admin.organization.groups
    ids = [groups.create(name=str(number)).id for number in range(5)]
    assert [group.id for group in groups.list(limit=2)] == ids
    assert [group.id for group in groups.list(limit=2, order="desc")] == ids[::-1]
    page = groups.list(limit=2, after=ids[1])
    assert (page.has_more, page.next) == (True, ids[3])
    last = groups.list(limit=2, after=ids[3])
    assert (last.has_more, last.next) == (False, None)


def test_a_group_comes_to_a_project_with_a_role(client: OpenAI) -> None:
    projects = client.admin.organization.projects
    project, group = projects.create(name="Till"), client.admin.organization.groups.create(name="Support")
    role = next(role for role in projects.roles.list(project.id) if role.name == "member")
    added = projects.groups.create(project.id, group_id=group.id, role=role.id)
    assert (added.group_name, added.project_id, added.group_type) == ("Support", project.id, "group")
    assert projects.groups.list(project.id).data == [added] == [projects.groups.retrieve(group.id, project_id=project.id)]
    assert [given.id for given in projects.groups.roles.list(group.id, project_id=project.id)] == [role.id]
    with pytest.raises(openai.NotFoundError):
        projects.groups.retrieve(group.id, project_id=project.id, group_type="tenant_group")
    assert projects.groups.delete(group.id, project_id=project.id).deleted
    assert projects.groups.list(project.id).data == []


def test_roles_are_made_changed_and_deleted(client: OpenAI) -> None:
    roles = client.admin.organization.roles
    assert {role.name for role in roles.list()} == {"owner", "reader"} and all(role.predefined_role for role in roles.list())
    role = roles.create(role_name="Key keeper", permissions=["api.keys.read"])
    assert role.id.startswith("role_") and (role.resource_type, role.predefined_role) == ("api.organization", False)
    changed = roles.update(role.id, permissions=["api.keys.read", "api.keys.write"], description="Keeps keys")
    assert (changed.name, changed.description, changed.permissions) == ("Key keeper", "Keeps keys", ["api.keys.read", "api.keys.write"])
    assert roles.retrieve(role.id) == changed
    assert roles.delete(role.id).deleted
    predefined = roles.list().data[0].id
    for change in (lambda: roles.delete(predefined), lambda: roles.update(predefined, role_name="x")):
        with pytest.raises(openai.BadRequestError, match="predefined"):
            change()
    with pytest.raises(openai.NotFoundError):
        roles.retrieve(role.id)


def test_a_user_has_its_own_roles_and_those_of_its_groups(client: OpenAI, wire: Wire) -> None:
    organization = client.admin.organization
    ada, group = join(client, wire), organization.groups.create(name="Support")
    organization.groups.users.create(group.id, user_id=ada.id)
    own, shared = (organization.roles.create(role_name=name, permissions=["x"]) for name in ("own", "shared"))
    given = organization.users.roles.create(ada.id, role_id=own.id)
    assert (given.object, given.user.id, given.role.id) == ("user.role", ada.id, own.id)
    assert organization.groups.roles.create(group.id, role_id=shared.id).group.name == "Support"
    sources = {role.id: role.assignment_sources for role in organization.users.roles.list(ada.id)}
    assert sources[own.id] is None
    assert [source.principal_id for source in sources[shared.id] or ()] == [group.id]
    assert organization.users.roles.retrieve(own.id, user_id=ada.id).created_by
    with pytest.raises(openai.NotFoundError):
        organization.users.roles.delete(shared.id, user_id=ada.id)
    assert organization.users.roles.delete(own.id, user_id=ada.id).object == "user.role.deleted"
    assert organization.groups.roles.delete(shared.id, group_id=group.id).object == "group.role.deleted"
    assert (organization.users.roles.list(ada.id).data, organization.groups.roles.list(group.id).data) == ([], [])


def test_roles_of_projects_are_apart(client: OpenAI, wire: Wire) -> None:
    projects = client.admin.organization.projects
    here, there = projects.create(name="here"), projects.create(name="there")
    role = projects.roles.create(here.id, role_name="Cashier", permissions=["till.open"])
    assert role.resource_type == "api.project"
    with pytest.raises(openai.NotFoundError):
        projects.roles.retrieve(role.id, project_id=there.id)
    ada = join(client, wire, projects=[{"id": here.id, "role": "member"}])
    projects.users.roles.create(ada.id, project_id=here.id, role_id=role.id)
    assert [given.id for given in projects.users.roles.list(ada.id, project_id=here.id)] == [role.id]
    with pytest.raises(openai.NotFoundError):
        projects.users.roles.list(ada.id, project_id=there.id)
    assert projects.roles.update(role.id, project_id=here.id, role_name="Teller").name == "Teller"
    assert projects.roles.delete(role.id, project_id=here.id).deleted
    assert projects.users.roles.list(ada.id, project_id=here.id).data == []
