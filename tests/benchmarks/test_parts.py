"""The Markdown of benchmark results, and the order of measurements."""

from tests.benchmarks.parts import Plot, Series, Table, Target, markdown, target_table
from tests.benchmarks.timing import interleaved


def test_a_table_is_markdown():
    table = Table("Sizes", ("what", "MB"), (("a|b", "1"),), "Measured once.")
    assert markdown(table).splitlines() == [
        "### Sizes",
        "",
        "| what | MB |",
        "| --- | ---: |",
        "| a\\|b | 1 |",
        "",
        "Measured once.",
    ]


def test_the_growth_of_a_linear_series_is_one():
    assert round(Series("scan", ((10, 3), (100, 30), (1000, 300))).growth, 6) == 1
    assert Series("scan", ((10, 3),)).growth is None


def test_growths_omit_series_with_missing_points():
    whole, part = Series("a", ((1, 1), (10, 100))), Series("b", ((1, 1),))
    table = Plot("p", "Search", "rows", "ms", (whole, part)).growths()
    assert table.rows == (("a", "1", "100", "2.00"),)


def test_a_target_may_be_met_missed_or_not_measured():
    table = target_table(
        [
            Target("time", 0.5, "x", 0.4, "not shown"),
            Target("recall", 0.99, "", 0.9, "the codes", at_least=True),
            Target("peer", 1, "x", None, "not there"),
        ]
    )
    assert [row[3:] for row in table.rows] == [
        ("yes", ""),
        ("**no**", "the codes"),
        ("not measured", "not there"),
    ]


def test_methods_take_turns():
    calls = []
    times = interleaved(
        {"a": lambda x: calls.append(f"a{x}"), "b": lambda x: calls.append(f"b{x}")}, [1, 2]
    )
    assert calls == ["a1", "b1", "a1", "b1", "b2", "a2"]
    assert {name: len(each) for name, each in times.items()} == {"a": 2, "b": 2}
