"""A column of contents that is fetched from the store when somebody touches it: a million results may be large."""

# pandas' stubs declare class attributes as properties, and arguments more narrowly than its documentation
# pyright: reportIncompatibleMethodOverride=false, reportAssignmentType=false, reportArgumentType=false
# pyright: reportCallIssue=false

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray, ExtensionDtype, take

Fetch = Callable[[np.ndarray], list[Any]]

_NOWHERE = -1  # the number of a row that there is not


class ContentsDtype(ExtensionDtype):
    """Any Python values, which may not be here yet."""

    name = "contents"
    type = object
    kind = "O"
    na_value = None

    @classmethod
    def construct_array_type(cls) -> type[LazyContents]:
        """The arrays of this type."""
        return LazyContents


class LazyContents(ExtensionArray):
    """The contents of some rows. Parts of it fetch only their own.

    Args:
        seqs: The rows' numbers in the store.
        fetch: Gives the values of rows with these numbers.
    """

    def __init__(self, seqs: np.ndarray, fetch: Fetch) -> None:
        self._seqs = seqs
        self._fetch = fetch
        self._values: np.ndarray | None = None

    @classmethod
    def _from_sequence(cls, scalars: Sequence[Any], *, dtype: Any = None, copy: bool = False) -> LazyContents:
        array = cls(np.full(len(scalars), _NOWHERE), _nothing)
        array._values = _objects(list(scalars))
        return array

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[LazyContents]) -> LazyContents:
        first = to_concat[0]
        if all(part._fetch is first._fetch and part._values is None for part in to_concat):
            return cls(np.concatenate([part._seqs for part in to_concat]), first._fetch)
        return cls._from_sequence([value for part in to_concat for value in part])

    @property
    def dtype(self) -> ContentsDtype:
        """`ContentsDtype`."""
        return ContentsDtype()

    @property
    def nbytes(self) -> int:
        """Without what was fetched."""
        return self._seqs.nbytes

    def _all(self) -> np.ndarray:
        if self._values is None:
            self._values = _objects(self._fetch(self._seqs))
        return self._values

    def __len__(self) -> int:
        return len(self._seqs)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._all())

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, int | np.integer):
            return self._fetch(self._seqs[[item]])[0] if self._values is None else self._values[item]
        item = pd.api.indexers.check_array_indexer(self, item)
        part = LazyContents(self._seqs[item], self._fetch)
        part._values = None if self._values is None else self._values[item]
        return part

    def __setitem__(self, key: Any, value: Any) -> None:
        self._all()[key] = value

    __hash__ = None  # like every array

    def __eq__(self, other: object) -> Any:
        return self._all() == (other._all() if isinstance(other, LazyContents) else other)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self._all().astype(dtype or object)

    def isna(self) -> np.ndarray:
        """Where there is nothing."""
        return np.fromiter((value is None for value in self), bool, len(self))

    def take(self, indices: Any, *, allow_fill: bool = False, fill_value: Any = None) -> LazyContents:
        """These positions; with `allow_fill`, -1 is a place with nothing in it."""
        if self._values is None:
            return LazyContents(take(self._seqs, indices, allow_fill=allow_fill, fill_value=_NOWHERE), self._fetch)
        return self._from_sequence(take(self._values, indices, allow_fill=allow_fill, fill_value=None))

    def copy(self) -> LazyContents:
        """Another array with the same contents."""
        return self[:]

    def __reduce__(self) -> Any:  # another process has no store to fetch from
        return LazyContents._from_sequence, (list(self),)


def _objects(values: list[Any]) -> np.ndarray:
    """An array of the values themselves, also if they are lists or arrays."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _nothing(seqs: np.ndarray) -> list[Any]:
    return [None] * len(seqs)
