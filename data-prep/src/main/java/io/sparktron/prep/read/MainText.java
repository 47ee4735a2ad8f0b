package io.sparktron.prep.read;

import io.sparktron.prep.read.TextBlock.Gap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Tells a page's main text from what surrounds it, by shallow features of its blocks, as Kohlschuetter, Fankhauser and Nejdl found them to
 * suffice (Boilerplate Detection using Shallow Text Features, WSDM 2010): words, link density, and the neighbours. From that paper are the limits of
 * 1/3 linked, 16 and 40 words; the rule is our own:
 *
 * <ol>
 *   <li>A block is <em>links</em> if over 1/3 of its letters are linked, else <em>long</em> from 17 words on, else <em>short</em>.
 *   <li>Where the page marks its main text ({@code main} or its role; else {@code article}) and the long blocks in it have 25 words or more, nothing
 *       outside counts.
 *   <li>Long blocks stay; outside such a zone not one of up to 40 words between links, or between links and an end of the page: a teaser.
 *   <li>Short blocks stay between two long ones that stay, however many, as lists, tables and dialogue are. Beside one that stays, in a
 *       zone all of them do, elsewhere the two next to it if they are sentences: 5 words or more with a mark at their end. No short
 *       block with a copyright stays.
 *   <li>A heading stays if the next block that is none stays. Headings are not looked at otherwise.
 *   <li>A page of which no long block stays has no main text.
 * </ol>
 *
 * The title in the page's head is left out: it often names the site alone, and the heading repeats it.
 */
final class MainText {
    private static final double MOST_LINKED = 1.0 / 3;
    private static final int LONG = 17;
    private static final int TEASER = 40;
    private static final int ZONE = 25;
    private static final int SENTENCE = 5;
    private static final int NEXT_TO_LONG = 2;
    private static final String ENDS = ".!?:;\u2026\"\u201D\u00BB\u3002\uFF01\uFF1F\u300D\u061F\u06D4\u0964";

    private final List<TextBlock> blocks; // without headings, and without those outside the zone
    private final boolean zoned;
    private final boolean[] stays;

    private MainText(List<TextBlock> blocks, boolean zoned) {
        this.blocks = blocks;
        this.zoned = zoned;
        this.stays = new boolean[blocks.size()];
    }

    /** The main text, with blank lines between its paragraphs; empty if the page has none. */
    static Optional<String> of(List<TextBlock> page) {
        int zone = zone(page);
        List<TextBlock> inside =
                page.stream().filter(block -> block.zone() >= zone).toList();
        MainText main =
                new MainText(inside.stream().filter(block -> !block.heading()).toList(), zone > 0);
        return main.chooseLong() ? Optional.of(main.join(inside)) : Optional.empty();
    }

    /** The highest one with text enough. */
    private static int zone(List<TextBlock> page) {
        for (int zone = 2; zone > 0; zone--) {
            int words = 0;
            for (TextBlock block : page) {
                words += block.zone() >= zone && isLong(block) ? block.words() : 0;
            }
            if (words >= ZONE) {
                return zone;
            }
        }
        return 0;
    }

    private boolean chooseLong() {
        boolean any = false;
        for (int i = 0; i < stays.length; i++) {
            stays[i] = isLong(blocks.get(i)) && (zoned || !isTeaser(i));
            any |= stays[i];
        }
        if (any) {
            chooseShort();
        }
        return any;
    }

    private boolean isTeaser(int i) {
        boolean afterLinks = i > 0 && isLinks(blocks.get(i - 1));
        boolean beforeLinks = i + 1 < stays.length && isLinks(blocks.get(i + 1));
        boolean alone = (i == 0 || afterLinks) && (i + 1 == stays.length || beforeLinks);
        return blocks.get(i).words() <= TEASER && alone && (afterLinks || beforeLinks);
    }

    private void chooseShort() {
        for (int start = 0; start < stays.length; ) {
            int end = start;
            while (end < stays.length && isShort(blocks.get(end))) {
                end++;
            }
            if (end > start) {
                chooseRun(start, end);
            }
            start = end + 1;
        }
    }

    /** A run of short blocks. */
    private void chooseRun(int start, int end) {
        boolean after = start > 0 && stays[start - 1];
        boolean before = end < stays.length && stays[end];
        boolean all = (after && before) || (zoned && (after || before));
        for (int i = start; i < end; i++) {
            TextBlock block = blocks.get(i);
            boolean near = (after && i < start + NEXT_TO_LONG) || (before && i >= end - NEXT_TO_LONG);
            stays[i] = (all || (near && isSentence(block))) && !isCopyright(block);
        }
    }

    private String join(List<TextBlock> inside) {
        StringBuilder text = new StringBuilder();
        Gap due = Gap.CELL;
        int heading = 0; // the first of those that wait for their block
        int next = 0; // the next of the blocks that are no headings
        for (int i = 0; i < inside.size(); i++) {
            TextBlock block = inside.get(i);
            if (block.heading()) {
                continue;
            }
            boolean kept = stays[next++];
            for (int h = heading; h <= i; h++) {
                due = wider(due, inside.get(h).gap());
                if (kept) {
                    text.append(text.isEmpty() ? "" : due.text)
                            .append(inside.get(h).text());
                }
                due = kept ? Gap.CELL : wider(due, Gap.LINE);
            }
            heading = i + 1;
        }
        return text.toString();
    }

    private static Gap wider(Gap one, Gap other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static boolean isLinks(TextBlock block) {
        return block.linkDensity() > MOST_LINKED;
    }

    private static boolean isLong(TextBlock block) {
        return !block.heading() && !isLinks(block) && block.words() >= LONG;
    }

    private static boolean isShort(TextBlock block) {
        return !isLinks(block) && block.words() < LONG;
    }

    private static boolean isSentence(TextBlock block) {
        return block.words() >= SENTENCE
                && ENDS.indexOf(block.text().charAt(block.text().length() - 1)) >= 0;
    }

    private static boolean isCopyright(TextBlock block) {
        String lower = block.text().toLowerCase(Locale.ROOT);
        return lower.startsWith("\u00A9") || lower.contains("copyright") || lower.contains("all rights reserved");
    }
}
