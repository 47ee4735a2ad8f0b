package io.sparktron.prep.read;

/**
 * A stretch of a page's text between two places where a browser would break the line because of an element.
 *
 * @param text its lines; not blank
 * @param words see {@link TextBlocks#words}
 * @param linkDensity share of its letters and digits that lie in links
 * @param heading whether it is one of {@code h1} to {@code h6}
 * @param zone how likely the page says that it is main text: 2 in {@code main}, 1 in {@code article}, 0 elsewhere
 * @param gap what parts it from the block before it
 */
record TextBlock(String text, int words, double linkDensity, boolean heading, int zone, Gap gap) {
    enum Gap {
        CELL("\t"),
        LINE("\n"),
        PARAGRAPH("\n\n");

        final String text;

        Gap(String text) {
            this.text = text;
        }
    }
}
