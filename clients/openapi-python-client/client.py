"""A program as an integrator would write it, on the client that was made from the server's description."""

import json
import os
from uuid import UUID, uuid4

from tessera import AuthenticatedClient
from tessera.api.contacts import (
    create_contact,
    create_contacts,
    delete_contacts,
    get_contact,
    list_contacts,
    update_contact,
    upsert_contact,
)
from tessera.api.metadata import describe_objects
from tessera.models import (
    Contact,
    ContactCreateInput,
    ContactUpdateInput,
    ListContactsCount,
    Problem,
    UpsertContactOn,
)
from tessera.types import UNSET

client = AuthenticatedClient(base_url=os.environ["TESSERA_URL"], token=os.environ["TOKEN"])

lead = ContactCreateInput(first_name="Ada", last_name="Lovelace")
created = create_contact.sync(client=client, body=lead, idempotency_key=str(uuid4()))
assert isinstance(created, Contact) and isinstance(created.id, UUID), created
assert created.status == "new", created

several = create_contacts.sync(client=client, body=[lead, ContactCreateInput(last_name="Byron")])
ids = [created.id, *(contact.id for contact in several.data)]
assert len(ids) == 3, several

# A filter is JSON as text, and related records show just what was asked for.
asked = json.dumps({"id": {"in": [str(id) for id in ids]}, "first_name": {"eq": "Ada"}})
page = list_contacts.sync(client=client, filter_=asked, fields="id,first_name,opportunities.name", count=ListContactsCount.EXACT)
assert page.total == 2 and page.page.next_ is None, page
assert [contact.first_name for contact in page.data] == ["Ada", "Ada"], page
assert page.data[0].opportunities == [] and page.data[0].last_name is UNSET, page

change = ContactUpdateInput(title="Countess", city=None)
changed = update_contact.sync(created.id, client=client, body=change, if_match='"1"')
assert changed.title == "Countess" and changed.version == 2, changed
stale = update_contact.sync(created.id, client=client, body=change, if_match='"1"')
assert isinstance(stale, Problem) and stale.type_ == "/problems/precondition_failed", stale
bad = create_contact.sync(client=client, body=ContactCreateInput(email="nonsense"))
assert bad.errors[0].pointer == "/email", bad

kept = ContactCreateInput(id=created.id, city="Riga")
upserted = upsert_contact.sync(client=client, body=kept, on=UpsertContactOn.ID)
assert upserted.city == "Riga", upserted
assert get_contact.sync(created.id, client=client).city == "Riga"

contact = next(found for found in describe_objects.sync(client=client).data if found.api_name == "contact")
assert contact.permissions.update and "eq" in contact.fields[0].operators, contact

removed = delete_contacts.sync(client=client, filter_=json.dumps({"id": {"in": [str(id) for id in ids]}}))
assert removed.affected == 3, removed
