"""All readers of what comes from outside, and of what is stored."""

from bot.backup.errors import BackupUnusable
from bot.state.database import StateUnusable
from retrieval.errors import HistoryNewer
from retrieval.sources.web.errors import BadAddress
from retrieval.sources.web.page_files import CopyUnusable
from retrieval.sources.web.unreadable import Unreadable
from retrieval.sources.web.visits import VisitsUnusable
from tests.fuzz import documents, state, stored, typed, web
from tests.fuzz.archives import mutated_backup, mutated_members
from tests.fuzz.databases import mutated_folder
from tests.fuzz.mutations import mutated_values
from tests.fuzz.target import Target

TARGETS = (
    Target("copied page", documents.page_seeds, documents.document(".txt")),
    Target("web page", documents.html_seeds, documents.document(".html")),
    Target("Markdown and front matter", documents.markdown_seeds, documents.document(".md")),
    Target("records", documents.record_seeds, documents.read_records, mutate=mutated_values),
    Target("JSON Lines", documents.line_seeds, documents.read_lines, ()),
    Target("mail", documents.mail_seeds, documents.document(".eml")),
    Target("saved page", documents.saved_page_seeds, documents.document(".mht")),
    Target("PDF", documents.pdf_seeds, documents.document(".pdf"), mutate=documents.mutated_pdf),
    Target("Word", documents.docx_seeds, documents.document(".docx"), mutate=mutated_members),
    Target("folder", documents.folder_seeds, documents.read_folder, (), documents.mutated_file),
    Target("fetched page", web.release_page_seeds, web.read_web_page, web.PAGE_ERRORS),
    Target("list page", web.listing_seeds, web.read_list_page, (Unreadable,)),
    Target("feed", web.feed_seeds, web.read_feed_page, (Unreadable,)),
    Target("sitemap", web.sitemap_seeds, web.read_sitemap_page, (Unreadable,)),
    Target("WordPress", web.wordpress_seeds, web.read_wordpress, (Unreadable,), mutated_values),
    Target("robots", web.robots_seeds, web.read_robots, ()),
    Target("compressed body", web.body_seeds, web.read_body, web.BODY_ERRORS),
    Target("address", web.address_seeds, web.read_address, (BadAddress,), typed.mutated_lightly),
    Target("headers", web.header_seeds, web.read_headers, ()),
    Target("settings", typed.setting_seeds, typed.read_setting, ()),
    Target("dotenv", typed.dotenv_seeds, typed.read_dotenv, typed.SETTING_ERRORS),
    Target("custom id", typed.custom_id_seeds, typed.read_custom_id, ()),
    Target("date", typed.date_seeds, typed.read_date, typed.DATE_ERRORS, typed.mutated_lightly),
    Target(
        "question", typed.question_seeds, typed.read_question, typed.QUESTION_ERRORS,
        typed.mutated_text,
    ),
    Target("batch", typed.batch_seeds, typed.read_batch, (), mutated_values),
    Target(
        "evaluation", typed.evaluation_seeds, typed.read_evaluation, typed.EVALUATION_ERRORS,
        typed.mutated_lightly,
    ),
    Target("state", state.state_seeds, state.read_state, (StateUnusable,), mutated_folder),
    Target("index", stored.index_seeds, stored.read_index, stored.INDEX_ERRORS, mutated_folder),
    Target(
        "signed index", stored.index_seeds, stored.read_signed_index, stored.INDEX_ERRORS,
        mutated_folder,
    ),
    Target("wordings", stored.history_seeds, stored.read_history, (HistoryNewer,), mutated_folder),
    Target("drafts", stored.drafts_seeds, stored.read_drafts, (), mutated_folder),
    Target(
        "site copy", stored.site_seeds, stored.read_site, (CopyUnusable, VisitsUnusable),
        mutated_folder,
    ),
    Target("backup", stored.backup_seeds, stored.read_backup, (BackupUnusable,), mutated_backup),
)  # fmt: skip


def target_named(name: str) -> Target:
    """The target with a name, with hyphens or spaces. Raises `KeyError`."""
    return {each.name: each for each in TARGETS}[name.replace("-", " ")]
