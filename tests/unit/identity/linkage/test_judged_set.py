"""The judged set: what is promised of it holds, and it is what its generator writes."""

import csv
from pathlib import Path

import polars as pl
import pytest

from yumiao.identity.codes import check_code
from yumiao.identity.linkage import link

FOLDER = Path(__file__).parents[3] / "data" / "names"


def read(name):
    with (FOLDER / name).open(encoding="utf-8") as file:
        frame = pl.DataFrame(list(csv.DictReader(file)))
    return frame.with_columns(pl.all().replace("", None))


@pytest.fixture(scope="module")
def judged():
    known, received = read("known.csv"), read("received.csv")
    lists = [
        pl.when(pl.col(column).is_not_null()).then(pl.concat_list(column)).alias(column)
        for column in ("former_names", "short_names")
    ]
    return known.with_columns(lists), received


def test_codes_of_the_set_are_well_formed_and_marked_as_made_up(judged):
    codes = pl.concat([side["code"].drop_nulls() for side in judged])

    assert all(check_code(code).valid and code[8:12] == "MADE" for code in codes)


def test_parties_of_the_set_have_names_of_their_own(judged):
    known, _ = judged

    assert known["party"].n_unique() == known.height
    assert known["name"].n_unique() == known.height


@pytest.mark.parametrize(
    ("columns", "least_recall", "least_with_queue"),
    [([], 0.70, 0.975), (["address"], 0.74, 0.98), (["address", "code"], 0.84, 0.99)],
)
def test_same_is_right_and_hardly_anybody_is_lost(judged, columns, least_recall, least_with_queue):
    known, received = judged
    left = received.select("key", "name", *columns)
    right = known.select("key", "name", "former_names", "short_names", *columns)
    truth = received.join(known.select("party", true="key"), on="party").select("true", left="key")

    found = link(left, right)

    same = found.same()
    right_pairs = same.join(truth, left_on=["left", "right"], right_on=["left", "true"]).height
    shown = found.queue().join(truth, left_on=["left", "right"], right_on=["left", "true"])["left"].n_unique()
    assert right_pairs / same.height >= 0.995
    assert right_pairs / truth.height >= least_recall
    assert (right_pairs + shown) / truth.height >= least_with_queue
    assert found.queue()["left"].n_unique() <= 0.3 * received.height


def test_name_as_registered_is_always_joined_to_its_party(judged):
    known, received = judged
    exact = received.filter(pl.col("kind") == "exact").join(known.select("party", true="key"), on="party")

    found = link(received.select("key", "name"), known.select("key", "name")).same()

    joined = found.join(exact, left_on=["left", "right"], right_on=["key", "true"])
    assert joined.height == exact.height > 300
