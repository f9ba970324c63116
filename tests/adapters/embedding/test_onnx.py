"""A model file that is not what was exported is refused by name, before it is parsed where that can be."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from beforehand.adapters.embedding import open_embedder
from beforehand.adapters.embedding.onnx import OnnxEmbedder, sha256
from beforehand.domain.errors import CorruptModel, Unavailable
from tests.conftest import ROOT

SHIPPED = next((ROOT / "models" / "all-MiniLM-L6-v2").iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "mini" / "1"
    shutil.copytree(SHIPPED, target)
    return target


def lose(folder: Path) -> None:
    (folder / "model.onnx").unlink()


def truncate(folder: Path) -> None:
    data = (folder / "model.onnx").read_bytes()
    (folder / "model.onnx").write_bytes(data[: len(data) // 2])


def flip_one_bit(folder: Path) -> None:
    data = bytearray((folder / "model.onnx").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "model.onnx").write_bytes(data)


def pickle_instead(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"\x80\x04cposix\nsystem\n.")


def other_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{}")


def no_metrics(folder: Path) -> None:
    (folder / "metrics.json").unlink()


def broken_metrics(folder: Path) -> None:
    (folder / "metrics.json").write_text("{")


def metrics_of_nothing(folder: Path) -> None:
    (folder / "metrics.json").write_text('{"files": {}}')


def metrics_that_are_a_list(folder: Path) -> None:
    (folder / "metrics.json").write_text("[]")


HARMS = [
    lose, truncate, flip_one_bit, pickle_instead, other_tokenizer, no_metrics, broken_metrics, metrics_of_nothing,
    metrics_that_are_a_list,
]  # fmt: skip


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_a_harmed_model_is_refused_in_one_sentence(folder: Path, harm: Callable[[Path], None]) -> None:
    harm(folder)
    with pytest.raises(CorruptModel) as caught:
        OnnxEmbedder(folder)
    assert caught.value.sentence.startswith("mini: ")
    assert "\n" not in caught.value.sentence


def test_the_unharmed_copy_is_served(folder: Path) -> None:
    assert OnnxEmbedder(folder).embed(["x"]).shape == (1, 384)


def sign(folder: Path) -> None:
    """Bring the hashes in line with the files, as one who exports does."""
    facts = json.loads((folder / "metrics.json").read_text())
    facts["files"] = {name: sha256(folder / name) for name in facts["files"]}
    (folder / "metrics.json").write_text(json.dumps(facts))


@pytest.mark.parametrize("harm", [truncate, pickle_instead, other_tokenizer], ids=lambda harm: harm.__name__)
def test_a_rightly_signed_file_that_is_none_is_refused_too(
    folder: Path, harm: Callable[[Path], None]
) -> None:
    harm(folder)
    sign(folder)
    with pytest.raises(CorruptModel):
        OnnxEmbedder(folder)


def constant_model(path: Path, value: float, width: int = 384) -> None:
    """A model that answers the same vector to everything."""
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "t"])
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, width])
    vector = numpy_helper.from_array(np.full((1, width), value, dtype=np.float32), "v")
    node = helper.make_node("Constant", [], ["embedding"], value=vector)
    model = helper.make_model(
        helper.make_graph([node], "g", inputs, [output]),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    onnx.save(model, str(path))


@pytest.mark.parametrize(
    ("value", "width"), [(float("nan"), 384), (float("inf"), 384), (0.0, 384), (1.0, 12)]
)
def test_answers_that_are_no_vectors_are_refused(folder: Path, value: float, width: int) -> None:
    constant_model(folder / "model.onnx", value, width)
    sign(folder)
    embedder = OnnxEmbedder(folder)
    with pytest.raises(CorruptModel, match="vectors that are none"):
        embedder.embed(["x"])


def test_the_control_of_the_refusal_above(folder: Path) -> None:
    constant_model(folder / "model.onnx", 1.0)
    sign(folder)
    assert OnnxEmbedder(folder).embed(["x", "y"]).shape == (2, 384)


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="is not in the models folder"):
        open_embedder(tmp_path, "all-MiniLM-L6-v2")


def test_a_version_may_be_named_and_else_the_last_export_counts(folder: Path) -> None:
    newer = folder.parent / "0"
    shutil.copytree(folder, newer)
    facts = json.loads((newer / "metrics.json").read_text())
    (newer / "metrics.json").write_text(json.dumps({**facts, "version": "newer"}))
    models = folder.parent.parent
    assert open_embedder(models, "mini").name.endswith("@newer")
    assert open_embedder(models, "mini/1").name.endswith(f"@{SHIPPED.name}")


def test_serving_imports_no_torch() -> None:
    code = (
        "import sys; from pathlib import Path; from beforehand.adapters.embedding import open_embedder; "
        f"open_embedder(Path({str(ROOT / 'models')!r}), 'all-MiniLM-L6-v2').embed(['x']); "
        "print(sorted({'torch', 'sentence_transformers', 'transformers', 'sklearn', 'onnx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
