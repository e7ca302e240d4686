"""Activities: quantities, loops, services and messages, sub-processes, calls, and who performs them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.workflow.reading.standard.items import is_collection, item_of, same_items, structure
from engine.workflow.reading.standard.model import (
    Element,
    Model,
    child,
    children,
    has_foreign,
    is_true,
    kind,
    text,
)
from engine.workflow.reading.standard.rules import Violation, rule
from engine.workflow.reading.standard.words import ACTIVITIES, SUB_PROCESSES


def _number(value: str) -> int | None:
    try:
        return int(value[:30])
    except ValueError:
        return None


@rule(
    "quantity-positive",
    "{detail} phải từ 1 trở lên.",
    "{detail} may not be less than 1.",
    "Đặt giá trị từ 1 trở lên.",
    "Set it to 1 or more.",
)
def quantity_positive(model: Model) -> Iterator[Violation]:
    """The numbers of tokens that an activity takes and gives are at least 1."""
    for activity in model.of(*sorted(ACTIVITIES)):
        for name in ("startQuantity", "completionQuantity"):
            number = _number(activity.get(name, "1"))
            if number is not None and number < 1:
                yield activity, name


# -- multi-instance ---------------------------------------------------------------------------------------------------


@rule(
    "multi-instance-count",
    "Chỉ được dùng một trong loopCardinality và loopDataInputRef.",
    "Only one of loopCardinality and loopDataInputRef may be given.",
    "Giữ lại một.",
    "Keep one of them.",
)
def multi_instance_count(model: Model) -> Iterator[Violation]:
    """The number of instances is said in one way."""
    for loop in model.of("multiInstanceLoopCharacteristics"):
        if child(loop, "loopCardinality") is not None and child(loop, "loopDataInputRef") is not None:
            yield loop


@rule(
    "multi-instance-behavior",
    "behavior “{detail}” cần sự kiện hoặc complexBehaviorDefinition tương ứng.",
    "The behavior “{detail}” needs its event reference or complex behavior definition.",
    "Thêm oneBehaviorEventRef, noneBehaviorEventRef hoặc complexBehaviorDefinition.",
    "Add oneBehaviorEventRef, noneBehaviorEventRef or complexBehaviorDefinition.",
)
def multi_instance_behavior(model: Model) -> Iterator[Violation]:
    """Each behavior has what it refers to."""
    for loop in model.of("multiInstanceLoopCharacteristics"):
        behavior = loop.get("behavior", "All")
        wanted = {"One": "oneBehaviorEventRef", "None": "noneBehaviorEventRef"}.get(behavior)
        lacks_event = wanted is not None and loop.get(wanted) is None
        if lacks_event or (behavior == "Complex" and child(loop, "complexBehaviorDefinition") is None):
            yield loop, behavior


@rule(
    "multi-instance-data",
    "{detail} phải là dữ liệu của chính hoạt động này.",
    "{detail} must be data of this very activity.",
    "Trỏ tới dataInput hoặc dataOutput trong ioSpecification của hoạt động.",
    "Refer to a data input or output in the activity's input/output specification.",
)
def multi_instance_data(model: Model) -> Iterator[Violation]:
    """A multi-instance task takes its collections from its own input/output specification."""
    for loop in model.of("multiInstanceLoopCharacteristics"):
        activity = loop.getparent()
        if activity is None or kind(activity) in SUB_PROCESSES or model.is_for_an_engine:
            continue
        for name, wanted in (("loopDataInputRef", "dataInput"), ("loopDataOutputRef", "dataOutput")):
            for found in model.all_referred(loop, name):
                specification = found.getparent()
                own = specification is not None and specification.getparent() is activity
                if not own or kind(found) != wanted:
                    yield loop, name


@rule(
    "multi-instance-item",
    "{detail} phải là một phần tử của tập dữ liệu mà hoạt động lặp theo.",
    "{detail} must be one item of the collection that the activity is repeated for.",
    "Chọn itemDefinition cùng kiểu với tập dữ liệu, không phải là tập hợp.",
    "Choose an item definition of the collection's type that is not itself a collection.",
)
def multi_instance_item(model: Model) -> Iterator[Violation]:
    """What one instance takes and gives is the scalar of the collection's type."""
    for loop in model.of("multiInstanceLoopCharacteristics"):
        for name, reference in (("inputDataItem", "loopDataInputRef"), ("outputDataItem", "loopDataOutputRef")):
            one, collections = child(loop, name), model.all_referred(loop, reference)
            if one is not None and any(not _is_one_of(model, one, each) for each in collections):
                yield loop, name


def _is_one_of(model: Model, one: Element, collection: Element) -> bool:
    items = [item for each in (one, collection) if (item := item_of(model, each)) is not None]
    types = [known for item in items if (known := structure(item)) is not None]
    return not is_collection(model, one) and (len(types) < 2 or types[0] == types[1])


# -- services and messages --------------------------------------------------------------------------------------------


def _operation(model: Model, element: Element) -> Element | None:
    inner = child(element, "operationRef")
    operation = model.found(element, text(inner)) if inner is not None else model.referred(element, "operationRef")
    return operation if kind(operation) == "operation" else None


@rule(
    "message-operation-agree",
    "Thông điệp không phải là thông điệp của thao tác.",
    "The message is not a message of the operation.",
    "Chọn thông điệp mà thao tác nhận hoặc trả.",
    "Choose a message that the operation takes or gives.",
)
def message_operation_agree(model: Model) -> Iterator[Violation]:
    """Who names both a message and an operation names a message of the operation."""
    for element in model.of("sendTask", "receiveTask", "messageEventDefinition"):
        operation, message = _operation(model, element), model.referred(element, "messageRef")
        if operation is None or message is None:
            continue
        if message not in model.all_referred(operation, "inMessageRef") + model.all_referred(
            operation, "outMessageRef"
        ):
            yield element


_SIDES = {"sendTask": ("dataInput", "inputSet"), "receiveTask": ("dataOutput", "outputSet")}


@rule(
    "message-task-data",
    "Công việc gửi, nhận chỉ có một dữ liệu, cùng kiểu với thông điệp.",
    "A send or receive task has one piece of data, of the type of its message.",
    "Giữ một dữ liệu và chọn cùng itemDefinition với thông điệp.",
    "Keep one piece of data with the item definition of the message.",
)
def message_task_data(model: Model) -> Iterator[Violation]:
    """A send task has at most one data input, a receive task one data output, typed as the message."""
    for task in model.of("sendTask", "receiveTask"):
        specification = child(task, "ioSpecification")
        if specification is None:
            continue
        data_kind, set_kind = _SIDES[kind(task)]
        data = children(specification, data_kind)
        several = len(data) > 1 or len(children(specification, set_kind)) > 1
        if several or any(_is_not_carried(model, task, each) for each in data):
            yield task


def _is_not_carried(model: Model, task: Element, data: Element) -> bool:
    """Whether the message of a task is of another type than its data; if it is to be executed, it must have one."""
    if task.get("messageRef") is not None or _operation(model, task) is not None:
        return _differ(model, data, model.referred(task, "messageRef"))
    is_strict = model.is_executable(task) and not model.is_for_an_engine and not has_foreign(task)
    return is_strict and item_of(model, data) is not None


def _differ(model: Model, data: Element, message: Element | None) -> bool:
    """Whether data is not of the type that a message carries; a message without an item carries anything."""
    carried = model.referred(message, "itemRef") if message is not None else None
    own = item_of(model, data)
    return carried is not None and (own is None or not same_items(carried, own))


@rule(
    "service-task-data",
    "Dữ liệu của công việc dịch vụ không khớp với thao tác của nó.",
    "The data of the service task does not agree with its operation.",
    "Một dữ liệu vào cho thông điệp vào, một dữ liệu ra cho thông điệp ra.",
    "One data input for the input message, one data output for the output message.",
)
def service_task_data(model: Model) -> Iterator[Violation]:
    """A service task with an operation has one input and at most one output, typed as the operation's messages."""
    for task in model.of("serviceTask"):
        operation, specification = _operation(model, task), child(task, "ioSpecification")
        if operation is None:
            continue
        if specification is None:
            lacks_input = model.is_executable(task) and not model.is_for_an_engine and not has_foreign(task)
        else:
            lacks_input = not _serves(model, operation, specification)
        if lacks_input:
            yield task


def _serves(model: Model, operation: Element, specification: Element) -> bool:
    """Whether an input/output specification takes and gives what the messages of an operation carry."""
    inputs, outputs = children(specification, "dataInput"), children(specification, "dataOutput")
    asks, answers = model.all_referred(operation, "inMessageRef"), model.all_referred(operation, "outMessageRef")
    sets = len(children(specification, "inputSet")), len(children(specification, "outputSet"))
    answered = outputs or not any(model.referred(message, "itemRef") is not None for message in answers)
    if len(inputs) != 1 or len(outputs) > 1 or sets[0] != 1 or sets[1] > 1 or not answered:
        return False
    pairs = [*zip(inputs, asks, strict=False), *zip(outputs, answers, strict=False)]
    return not any(_differ(model, data, message) for data, message in pairs)


@rule(
    "receive-task-instantiate",
    "Công việc nhận khởi tạo quy trình phải đứng đầu quy trình.",
    "A receive task that starts the process must stand at its beginning.",
    "Bỏ các đường vào (trừ từ sự kiện bắt đầu), hoặc bỏ instantiate.",
    "Remove its incoming flows (but one from a start event), or remove instantiate.",
)
def receive_task_instantiate(model: Model) -> Iterator[Violation]:
    """An instantiating receive task has no incoming flow, or one from a start event."""
    for task in model.of("receiveTask"):
        if is_true(task, "instantiate"):
            sources = [kind(model.source(flow)) for flow in model.incoming(task)]
            place = model.container(task)
            has_start = place is not None and child(place, "startEvent") is not None
            if sources != (["startEvent"] if has_start else []):
                yield task


@rule(
    "script-format",
    "Có kịch bản nhưng không nói viết bằng ngôn ngữ nào.",
    "There is a script, but not the language it is written in.",
    "Thêm scriptFormat.",
    "Add scriptFormat.",
    "warning",
)
def script_format(model: Model) -> Iterator[Violation]:
    """A script says its format."""
    for task, attribute in [(task, "scriptFormat") for task in model.of("scriptTask")] + [
        (task, "scriptLanguage") for task in model.of("globalScriptTask")
    ]:
        if text(child(task, "script")) and not task.get(attribute, "").strip():
            yield task


# -- sub-processes and calls ------------------------------------------------------------------------------------------


@rule(
    "ad-hoc-without-activity",
    "Tiểu quy trình tùy biến cần ít nhất một hoạt động.",
    "An ad-hoc sub-process has at least one activity.",
    "Thêm một hoạt động.",
    "Add an activity.",
)
def ad_hoc_without_activity(model: Model) -> Iterator[Violation]:
    """An ad-hoc sub-process is not empty."""
    return (each for each in model.of("adHocSubProcess") if not children(each, *ACTIVITIES))


@rule(
    "ad-hoc-start-end",
    "Tiểu quy trình tùy biến không có sự kiện bắt đầu hay kết thúc.",
    "An ad-hoc sub-process has neither start nor end events.",
    "Bỏ các sự kiện đó.",
    "Remove these events.",
)
def ad_hoc_start_end(model: Model) -> Iterator[Violation]:
    """An ad-hoc sub-process has no fixed beginning or end."""
    return (each for each in model.of("adHocSubProcess") if children(each, "startEvent", "endEvent"))


@rule(
    "sub-process-data",
    "Tiểu quy trình không khai báo dữ liệu vào/ra trực tiếp.",
    "An embedded sub-process declares no data inputs or outputs of its own.",
    "Dùng trực tiếp dữ liệu của quy trình.",
    "Use the data of the process directly.",
)
def sub_process_data(model: Model) -> Iterator[Violation]:
    """Only a multi-instance sub-process has an input/output specification."""
    for sub_process in model.of(*sorted(SUB_PROCESSES)):
        is_repeated = child(sub_process, "multiInstanceLoopCharacteristics") is not None
        if child(sub_process, "ioSpecification") is not None and not is_repeated:
            yield sub_process


# -- resources and correlation ----------------------------------------------------------------------------------------


@rule(
    "resource-parameter",
    "Tham số không thuộc nguồn lực này, hoặc thiếu tham số bắt buộc.",
    "The parameter does not belong to this resource, or a required parameter is missing.",
    "Chọn tham số của nguồn lực.",
    "Choose parameters of the resource.",
)
def resource_parameter(model: Model) -> Iterator[Violation]:
    """A role binds parameters of its own resource, and all that are required."""
    for binding in model.of("resourceRef"):
        role = binding.getparent()
        resource = model.found(binding, text(binding))
        if role is None or resource is None or kind(resource) != "resource":
            continue
        bound = [model.referred(each, "parameterRef") for each in children(role, "resourceParameterBinding")]
        required = [each for each in children(resource, "resourceParameter") if is_true(each, "isRequired")]
        foreign = any(each is not None and each.getparent() is not resource for each in bound)
        if foreign or (bound and not set(required) <= set(bound)):
            yield role


@rule(
    "correlation-binding",
    "Ràng buộc không thuộc khóa tương quan này, hoặc lặp lại.",
    "A binding is not of a property of the correlation key, or is given twice.",
    "Ràng buộc mỗi thuộc tính của khóa một lần.",
    "Bind each property of the key once.",
)
def correlation_binding(model: Model) -> Iterator[Violation]:
    """A subscription binds properties of its key, each once."""
    for subscription in model.of("correlationSubscription"):
        key = model.referred(subscription, "correlationKeyRef")
        if key is None or kind(key) != "correlationKey":
            continue
        known = set(model.all_referred(key, "correlationPropertyRef"))
        bindings = children(subscription, "correlationPropertyBinding")
        bound = [model.referred(each, "correlationPropertyRef") for each in bindings]
        twice = any(count > 1 for count in Counter(bound).values())
        if twice or any(each is not None and each not in known for each in bound):
            yield subscription


def lacks_count(loop: Element) -> bool:
    """Whether a multi-instance marker says nothing about how many instances there are."""
    known = child(loop, "loopCardinality") is not None or child(loop, "loopDataInputRef") is not None
    return not known and not has_foreign(loop)
