"""The archive that the settings describe."""

from bot.settings import Settings
from embeddings.loading import load_encoder, load_reranker
from retrieval.archive import Archive


def open_archive(settings: Settings) -> Archive:
    """The archive of the settings' data folder; its models are opened when they are needed.

    Raises `ModelNotFound`, `ModelDamaged`, `RerankerNotFound` or `RerankerDamaged`.
    """
    cache, precision = settings.models_folder, settings.precision
    encoder = load_encoder(settings.model, cache, precision)
    reranker = load_reranker(settings.reranker, cache, precision)
    return Archive(settings.data, encoder, reranker, threshold=settings.threshold)
