import pytest

import harness


@pytest.fixture(scope="session")
def employer():
    """An approved organisation and its administrator, signed in."""
    return harness.new_organisation()


@pytest.fixture(scope="session")
def other_employer():
    return harness.new_organisation()


@pytest.fixture(scope="session")
def candidate():
    return harness.new_candidate()
