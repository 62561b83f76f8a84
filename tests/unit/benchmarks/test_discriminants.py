import numpy as np
import pytest

pytest.importorskip("onnx", reason="the training packages are not installed")


def test_the_first_discriminant_tells_marks_apart_and_not_their_views() -> None:
    from models.logo_embedding.discriminant import discriminants

    random = np.random.default_rng(0)
    marks = np.repeat(np.arange(40), 5)
    features = random.normal(0, 0.1, (200, 6)).astype(np.float32)
    features[:, 0] += random.normal(0, 1, 40)[marks]  # what a mark is
    features[:, 1] += random.normal(0, 9, 200)  # how it is lit
    axes, middle = discriminants(features, marks, 2)
    told = (features - middle) @ axes[0]
    assert abs(np.corrcoef(told, features[:, 0])[0, 1]) > 0.95
    assert abs(np.corrcoef(told, features[:, 1])[0, 1]) < 0.3
