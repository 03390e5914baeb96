import hashlib

from jupyter_tools.digests import digest


def test_a_digest_is_the_beginning_of_what_everybody_can_work_out():
    assert digest("Сколько?") == hashlib.sha256("Сколько?".encode()).hexdigest()[:16]


def test_half_a_surrogate_pair_has_one_too():
    assert len(digest("\ud83d")) == 16
