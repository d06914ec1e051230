import pytest

from retrieval.training.companies import company, is_for_development


@pytest.mark.parametrize(
    ("title", "text", "key"),
    [
        ("New Rope on Sale", "A rope.\n\nAbout Harbor Ropes, Inc.\n\nRopes.", "harborropes"),
        ("New Rope on Sale", "A rope.\n\n# About Harbor Ropes: they sell ropes.", "harborropes"),
        ("Harbor Ropes Sells Ropes", "A rope.", "harborropes"),
        ("Harbor Ropes Sells Ropes", "All about ropes. About them little is known.", "harborropes"),
        (
            "Harbor Ropes of the Cape Sells",
            "A rope.\n\nAbout The Harbor Rope Company",
            "theharborrop",
        ),
    ],
)
def test_a_company_is_named_at_the_end_or_first_in_the_title(title, text, key):
    assert company({"title": title, "text": text}) == key


def test_all_releases_of_a_company_are_on_one_side_of_the_split():
    rows = [
        [{"title": f"Firm{n} Sells Item {at}", "text": f"About Firm{n}\n\n{at}"} for at in range(3)]
        for n in range(300)
    ]
    sides = [{is_for_development(row) for row in own} for own in rows]
    assert all(len(each) == 1 for each in sides)
    assert 60 < sum(True in each for each in sides) < 120
