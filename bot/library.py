"""The archive that the settings describe."""

from bot.settings import Settings
from embeddings.encoder import SentenceTransformerEncoder
from embeddings.models import find_model
from retrieval.archive import Archive


def open_archive(settings: Settings) -> Archive:
    """The archive of the settings' data folder. Raises `ModelNotFound` or `ModelDamaged`."""
    encoder = SentenceTransformerEncoder(find_model(settings.model))
    return Archive(settings.data, encoder, threshold=settings.threshold)
