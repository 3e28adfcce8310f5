"""The contract of the administration against the official document and the SDK's types, field by field, with a reason for each difference."""

from __future__ import annotations

from typing import Any

import openai.types.admin.organization as sdk
import openai.types.admin.organization.projects as sdk_projects
from pydantic import TypeAdapter
