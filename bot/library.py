"""The archive that the settings describe."""

from bot.settings import Settings
from embeddings.encoder import SentenceTransformerEncoder
from embeddings.models import find_model
from embeddings.reader import find_reader
from retrieval.archive import Archive


def open_archive(settings: Settings) -> Archive:
    """The archive of the settings' data folder.

    Raises `ModelNotFound`, `ModelDamaged`, `ReaderNotFound` or `ReaderDamaged`.
    """
    encoder = SentenceTransformerEncoder(find_model(settings.model))
    reader = find_reader(settings.reranker, settings.data / "models")
    return Archive(settings.data, encoder, reader, threshold=settings.threshold)
