"""What the SDK has read and written again is a transcript still."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ipygenesys._transcripts.reading import rows_in
from tests.conformance.conftest import Sdk
from tests.transcripts.test_genesys import DETAILS, RECORDED

RECORDING = {"conversationId": "c1", "messagingTranscript": RECORDED}


@pytest.mark.parametrize(("body", "model"), [(RECORDING, "Recording"), (DETAILS, "AnalyticsConversation")])
@pytest.mark.parametrize("how", ["to_json", "to_dict", "sanitize"])
def test_a_model_that_was_written_by_the_sdk_reads_as_the_answer_did(
    sdk: Sdk, tmp_path: Path, body: dict[str, Any], model: str, how: str
) -> None:
    made = sdk.deserialize(body, model)
    (tmp_path / "answer.json").write_text(json.dumps(body), encoding="utf-8")
    texts = {
        "to_json": made.to_json(),
        "to_dict": json.dumps(made.to_dict(), default=str),
        "sanitize": json.dumps(sdk.client.sanitize_for_serialization(made)),
    }
    (tmp_path / "written.json").write_text(texts[how], encoding="utf-8")

    assert rows_in(tmp_path / "written.json") == rows_in(tmp_path / "answer.json")
