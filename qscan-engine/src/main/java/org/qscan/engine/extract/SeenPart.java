package org.qscan.engine.extract;

import org.jspecify.annotations.Nullable;

/**
 * A part that is scanned. Text from the sender is not escaped: escape it before use.
 *
 * @param file the name that QScan gave it, with that of its view: {@code mime4j/3}; if several
 *     views share it, that of the first
 * @param name the name that the sender gave it; null: this view knows none. ripMIME gives every
 *     file a name, and its own names look like those of a sender
 * @param type its media type, as declared; null: this view does not know
 * @param how how it was read, like {@code base64}; empty: this view does not tell. It may be a word
 *     of the sender
 * @param origin where it comes from; null: this view does not tell
 * @param size in bytes
 */
public record SeenPart(
    String file,
    @Nullable String name,
    @Nullable String type,
    String how,
    Insight.@Nullable PartOrigin origin,
    long size) {}
