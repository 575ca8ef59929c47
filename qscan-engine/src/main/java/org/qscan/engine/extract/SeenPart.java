package org.qscan.engine.extract;

import org.jspecify.annotations.Nullable;

/**
 * A part that is scanned. Text of the sender is unchanged, so escape it before use.
 *
 * @param file its name, which is ours, with that of its view: {@code mime4j/3}; of what several
 *     views share, that of the first
 * @param name the name that the sender gave it; null: none that this view knows. Of ripMIME, which
 *     names all its files, its own names look no different
 * @param type its media type, as declared; null: this view does not know
 * @param how how it was read, like {@code base64}; empty: this view does not tell. Perhaps the
 *     sender's word
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
