from jupyter_tools.retrieval.documents import Chunk, Hit


def test_a_chunk_as_json_has_id_text_and_the_rest_as_metadata():
    chunk = Chunk(id="a#1", document_id="a", text="Text", start=5, section="Part", title="A", metadata={"year": 2024})
    assert chunk.end == 9
    assert chunk.to_dict() == {
        "id": "a#1",
        "text": "Text",
        "metadata": {"year": 2024, "document": "a", "title": "A", "section": "Part", "start": 5},
    }


def test_a_label_names_title_and_section_each_once():
    assert Chunk(id="a#1", document_id="a", text="", title="A", section="Part").label == "A, Part"
    assert Chunk(id="a#1", document_id="a", text="", title="A", section="A").label == "A"
    assert Chunk(id="a#1", document_id="a", text="").label == "a"


def test_a_hit_as_json_has_its_score_and_route():
    hit = Hit(chunk=Chunk(id="a#1", document_id="a", text="Text"), score=1 / 3, route="bm25")
    assert hit.to_dict() == {**hit.chunk.to_dict(), "score": 0.333333, "route": "bm25"}
