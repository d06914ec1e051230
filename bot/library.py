"""The archive that the settings describe."""

from bot.settings import Settings
from embeddings.finding import find_encoder, find_reader
from retrieval.archive import Archive


def open_archive(settings: Settings) -> Archive:
    """The archive of the settings' data folder; its models are opened when they are needed.

    Raises `ModelNotFound`, `ModelDamaged`, `ReaderNotFound` or `ReaderDamaged`.
    """
    cache, precision = settings.models_folder, settings.precision
    encoder = find_encoder(settings.model, cache, precision)
    reader = find_reader(settings.reranker, cache, precision)
    return Archive(settings.data, encoder, reader, threshold=settings.threshold)
