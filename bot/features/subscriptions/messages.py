"""Somebody's subscriptions, and what makes an announcement a message to them."""

from collections.abc import Sequence
from dataclasses import replace

import discord
from discord import ui

from bot.core.actions import (
    DropSubscription,
    EndAllSubscriptions,
    EndSelectedSubscription,
    EndSubscription,
    KeepSubscription,
)
from bot.core.components import Block, Message, button, button_rows, container, cut, fit, menu
from bot.core.markdown import visible
from bot.features.announcements.preview import offer_message
from bot.features.announcements.scopes import plain_scope, scope_text
from bot.i18n import Language
from bot.state.subscriptions import Subscription
from retrieval.scope import Scope, ScopePreview

# In characters:
_MAX_LINES = 3400
_MAX_LABEL = 80  # of a button


def subscription_offer(number: int, preview: ScopePreview, language: Language) -> Message:
    """What somebody would have been told of, with the buttons that subscribe or do not.

    Args:
        number: the id of the subscription that is offered.
        preview: the releases of the past that it would have had.
        language: the language.
    """
    return offer_message(
        language.gettext("### A new subscription"),
        _scope_line(preview.scope, language),
        preview,
        (KeepSubscription(number), DropSubscription(number)),
        language,
        is_direct=True,
    )


def confirmation(subscription: Subscription, language: Language) -> Message:
    """The first message to somebody who subscribed."""
    _ = language.gettext
    block = container(
        ui.TextDisplay(_("### You are subscribed")),
        ui.TextDisplay(_scope_line(subscription.scope, language)),
        ui.TextDisplay(
            _("-# I write to you here when something new fits. `/subscriptions` lists all.")
        ),
    )
    return with_end_buttons(Message((block,)), [subscription], language)


def with_end_buttons(
    message: Message, subscriptions: Sequence[Subscription], language: Language
) -> Message:
    """A message with a button for each subscription that it is sent for, which ends it."""
    named = len(subscriptions) > 1
    buttons = [
        button(_end_label(each, language, named=named), EndSubscription(each.id))
        for each in subscriptions
        if each.id is not None
    ]
    return replace(message, blocks=(*message.blocks, *button_rows(buttons)))


def subscriptions_message(subscriptions: Sequence[Subscription], language: Language) -> Message:
    """Somebody's subscriptions, a menu that ends one, and a button that ends all."""
    _ = language.gettext
    lines = [f"- {scope_text(each.scope, language)}" for each in subscriptions]
    blocks: list[Block] = [
        container(
            ui.TextDisplay(_("### What I write to you about")),
            ui.TextDisplay(fit(lines, "\n", _MAX_LINES) or _("Nothing yet.")),
            ui.TextDisplay(
                _("-# `/subscribe` with a question, words or a newsroom adds a subscription.")
            ),
        )
    ]
    options = [
        (plain_scope(each.scope, language), str(each.id))
        for each in subscriptions
        if each.id is not None
    ]
    if options:
        blocks.append(menu(_("End a subscription"), EndSelectedSubscription(), options))
        end_all = button(_("End all"), EndAllSubscriptions(), discord.ButtonStyle.danger)
        blocks += button_rows([end_all])
    return Message(tuple(blocks))


def _scope_line(scope: Scope, language: Language) -> str:
    return language.gettext("By direct message: {scope}", scope=scope_text(scope, language))


def _end_label(subscription: Subscription, language: Language, *, named: bool) -> str:
    """The label of the button that ends a subscription, which says which if there are several."""
    if not named:
        return language.gettext("End this subscription")
    scope = visible(plain_scope(subscription.scope, language)) or "–"
    return cut(language.gettext("End: {scope}", scope=scope), _MAX_LABEL)
