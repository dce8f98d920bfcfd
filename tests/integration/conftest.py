import pathlib

import pytest

import harness
import world as worlds

HERE = pathlib.Path(__file__).parent


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


@pytest.fixture(scope="session")
def world():
    """Two organisations and two candidates of its own: nobody else's test changes them."""
    return worlds.World(harness.new_organisation("Own trust"), harness.new_organisation("Other trust"))


@pytest.fixture(scope="session")
def everything(request):
    """True when all files of this folder run: what looks back on the whole run has a meaning only then."""
    return {p.name for p in HERE.glob("test_*.py")} <= {i.path.name for i in request.session.items}
