"""What a run begins with, or goes on with: its thread, its assistant, its model, and what that is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mockapi import ids
from mockapi.admission.limits import Charge
from mockapi.clock import SECOND
from mockapi.contract.assistants import runs, threads, tools
from mockapi.dialects.assistants import read, write
from mockapi.dialects.assistants.write import Item, Made
from mockapi.errors import ApiError
from mockapi.resources.assistants import kept as assistants
from mockapi.resources.assistants import refusals
from mockapi.resources.threads import kept
from mockapi.resources.vector_stores import kept as stores
from mockapi.transport.call import Call

# doc: a run that is not finished by then expires
LASTS_SECONDS = 600


@dataclass(slots=True, eq=False, repr=False)
class Context:
    """A `run` as it begins or goes on; its `thread` and the `fresh` messages that are to be added; what it has `made` before; what of its
    answers `include` asks for; what a new thread is `given` for its tools; and the `failure` that it ends with before the model is
    asked."""

    run: Item
    thread: Item
    fresh: list[Item]
    made: list[Made]
    include: Sequence[str]
    given: tools.ToolResources | None = None
    failure: ApiError | None = None


def prepare(call: Call) -> Charge:
    """The charge, which is not known before the thread is."""
    # What a run is asked changes from call to call.
    call.asked.private = True
    return Charge()


def defer(call: Call, error: ApiError) -> bool:
    """Have a run end with an error of the model's side: a limit, or a server that fails."""
    if error.status != 429 and error.status < 500:
        return False
    call.context.failure = error
    call.limits = b""
    return True


async def of_thread(call: Call) -> None:
    """Gather for a run of a thread that is there. Raises for what is not, and for a thread that is busy."""
    request: runs.CreateRunRequest = call.request
    world, thread = call.world, await kept.find(call.world, call.parameters["thread_id"])
    run = await _begun(call, request, thread["id"])
    fresh = await kept.written(world, thread["id"], request.additional_messages or (), call.stream.child(2), "additional_messages[{}].")
    await refuse_busy(call, thread["id"])
    before = await world.store.page(kept.messages_of(thread["id"]))
    await _gathered(call, Context(run, thread, fresh, [], call.query.include or ()), before)


async def of_new_thread(call: Call) -> None:
    """Gather for a run of a thread that is made for it. Raises for what is not there."""
    request: runs.CreateThreadAndRunRequest = call.request
    wanted = request.thread or threads.CreateThreadRequest()
    thread, fresh = await kept.begun(call.world, wanted, call.stream.child(1))
    run = await _begun(call, request, thread["id"])
    run["tool_resources"] |= await assistants.resources(call.world, request.tool_resources, call.stream.child(2))
    await _gathered(call, Context(run, thread, fresh, [], (), wanted.tool_resources), [])


async def of_outputs(call: Call) -> None:
    """Gather for a run that goes on. Raises for one that does not wait, or waits for other outputs."""
    request: runs.SubmitToolOutputsRequest = call.request
    world, thread_id = call.world, call.parameters["thread_id"]
    thread = await kept.find(world, thread_id)
    job = await kept.run(world, thread_id, call.parameters["run_id"])
    run = job["shown"]
    if run["status"] != "requires_action":
        raise refusals.no_outputs_now(run["status"])
    outputs = {each.tool_call_id or "": each.output or "" for each in request.tool_outputs}
    expected = [call["id"] for call in run["required_action"]["submit_tool_outputs"]["tool_calls"]]
    if set(expected) != set(outputs):
        raise refusals.other_outputs(expected, list(outputs))
    call.card = await assistants.card(call, run["model"], None)
    before = await world.store.page(kept.messages_of(thread_id))
    # What the run said itself is told with what it called.
    before = [message for message in before if message["run_id"] != run["id"]]
    made = [_answered(each, outputs) for each in job["own"]["made"]]
    goes_on = {**run, "status": "queued", "required_action": None}
    await _gathered(call, Context(goes_on, thread, [], made, job["own"]["include"]), before)


def _answered(made: Made, outputs: dict[str, str]) -> Made:
    """What a run did, with the outputs of the calls that had none."""
    calls = [
        {**call, "function": {**call["function"], "output": outputs[call["id"]]}} if call["id"] in outputs else call
        for call in made["calls"]
    ]
    return {**made, "calls": calls}


async def refuse_busy(call: Call, thread_id: str) -> None:
    """Raise for a thread that has an active run."""
    run_id = await kept.active(call.world, thread_id)
    if run_id is not None:
        raise refusals.busy(thread_id, run_id)


async def _gathered(call: Call, found: Context, before: Sequence[Item]) -> None:
    messages = [*before, *found.fresh]
    if not found.run["instructions"] and not any(message["role"] == "user" for message in messages):
        raise refusals.nothing_to_do()
    for store_id in searched(found):
        if await call.world.store.get(stores.KIND, store_id) is not None:
            await stores.living(call.world, store_id)
    call.context = found
    call.asked.prompt = read.prompt(found.run, messages, await kept.images(call.world, messages), found.made)
    charge = call.asked.charge
    assert charge is not None
    # As chats are charged (api-facts B.3).
    charge.quarters = 4
    for turn in call.asked.prompt.turns:
        charge.quarters += 4 + len(turn.text)
        charge.input_images += len(turn.pictures)


def searched(found: Context) -> list[str]:
    """The vector stores that a run searches: its assistant's and its thread's, where it may search at all."""
    if all(tool["type"] != "file_search" for tool in found.run["tools"]):
        return []
    told = (found.run["tool_resources"], found.thread["tool_resources"])
    return list(dict.fromkeys(id for each in told for id in each.get("file_search", {}).get("vector_store_ids", ())))


async def _begun(call: Call, request: Any, thread_id: str) -> Item:
    """A run as it is queued: what is not said of it is as its assistant has it."""
    assistant = await assistants.find(call.world, request.assistant_id)
    # A run of a thread that is made for it cannot be told how much to think.
    effort = getattr(request, "reasoning_effort", None)
    if request.model is None or call.card is None:
        call.card = await assistants.card(call, assistant["model"], effort)
    else:
        assistants.served(call.card, effort)
    assistants.check(request.tools, request.response_format)
    offered = assistant["tools"] if request.tools is None else read.offered(request.tools)
    _check_choice(request.tool_choice, offered)
    instructions = assistant["instructions"] if request.instructions is None else request.instructions
    additional = getattr(request, "additional_instructions", None)
    return {
        "id": ids.plain("run_", call.stream),
        "object": "thread.run",
        "created_at": call.now // SECOND,
        "assistant_id": assistant["id"],
        "thread_id": thread_id,
        "status": "queued",
        "started_at": None,
        "expires_at": call.now // SECOND + LASTS_SECONDS,
        "cancelled_at": None,
        "failed_at": None,
        "completed_at": None,
        "required_action": None,
        "last_error": None,
        "model": request.model or assistant["model"],
        # guess: how the two are joined
        "instructions": "\n".join(text for text in (instructions, additional) if text),
        "tools": offered,
        "tool_resources": dict(assistant["tool_resources"]),
        "metadata": request.metadata or {},
        "temperature": assistant["temperature"] if request.temperature is None else request.temperature,
        "top_p": assistant["top_p"] if request.top_p is None else request.top_p,
        "reasoning_effort": (effort or assistant["reasoning_effort"]) if call.card.reasons else None,
        "max_completion_tokens": request.max_completion_tokens,
        "max_prompt_tokens": request.max_prompt_tokens,
        "truncation_strategy": read.truncation(request.truncation_strategy),
        "incomplete_details": None,
        "usage": None,
        "response_format": assistant["response_format"] if request.response_format is None else read.form(request.response_format),
        "tool_choice": read.choice(request.tool_choice),
        "parallel_tool_calls": request.parallel_tool_calls is not False,
    }


def _check_choice(choice: Any, offered: Sequence[Item]) -> None:
    """Raise for a tool that has to be used and is not offered."""
    if not isinstance(choice, tools.NamedToolChoice):
        return
    name = choice.function.name if choice.function is not None else choice.type
    names = [tool["function"]["name"] if tool["type"] == "function" else tool["type"] for tool in offered]
    if name not in names:
        raise refusals.no_such_tool(name)


def spent(made: Sequence[Made]) -> Item:
    """What a run has used so far."""
    return write.summed(each["usage"] for each in made)
