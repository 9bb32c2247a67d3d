package io.quern.tokenizer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * Finds the tokens that mean themselves wherever their spelling stands in a text: the leftmost, and of those the
 * longest. One pass over the text from its end with an Aho-Corasick automaton of the reversed spellings gives the
 * longest match that begins at each place, in time linear in the text.
 */
final class SpecialTokens {
    /**
     * One token.
     *
     * @param singleWord only where no word character touches it
     * @param stripLeft  takes the white space in front of it along
     * @param stripRight takes the white space after it along
     */
    record Token(int id, String content, boolean singleWord, boolean stripLeft, boolean stripRight) {
        Token(int id, String content) {
            this(id, content, false, false, false);
        }
    }

    /** Takes what a text consists of, in its order. */
    interface Sink {
        void text(int from, int to);

        void token(int id);
    }

    private static final int ROOT = 0;
    private static final int NONE = -1;

    private final List<Token> tokens;

    /** Node and char to node. */
    private final LongIntMap edges;

    /** By node: where to go on when no edge fits. */
    private int[] failures;

    /** By node: the index of the longest token that the text so far ends with, read backwards, or NONE. */
    private int[] longest;

    SpecialTokens(List<Token> tokens) {
        this.tokens = tokens.stream().filter(token -> !token.content.isEmpty()).toList();
        this.edges = new LongIntMap(this.tokens.stream().mapToInt(token -> token.content.length()).sum());
        build();
    }

    private record Edge(int parent, char label, int node) {}

    private void build() {
        IntList ends = new IntList();
        ends.add(NONE);
        List<List<Edge>> children = new ArrayList<>();
        children.add(new ArrayList<>());
        for (int index = 0; index < tokens.size(); index++) {
            String content = tokens.get(index).content;
            int node = ROOT;
            for (int i = content.length() - 1; i >= 0; i--) {
                char label = content.charAt(i);
                int child = edges.getOrDefault(edge(node, label), NONE);
                if (child == NONE) {
                    child = children.size();
                    edges.putIfAbsent(edge(node, label), child);
                    children.get(node).add(new Edge(node, label, child));
                    children.add(new ArrayList<>(0));
                    ends.add(NONE);
                }
                node = child;
            }
            // Of two tokens spelt alike the first one counts.
            if (ends.get(node) == NONE) {
                ends.set(node, index);
            }
        }
        link(children, ends);
    }

    /** Breadth first, so that a node's failure, which is shorter, is known before it. */
    private void link(List<List<Edge>> children, IntList ends) {
        failures = new int[children.size()];
        longest = ends.toArray();
        Queue<Edge> queue = new ArrayDeque<>(children.get(ROOT));
        while (!queue.isEmpty()) {
            Edge edge = queue.remove();
            int to = ROOT;
            if (edge.parent != ROOT) {
                int from = failures[edge.parent];
                to = edges.getOrDefault(edge(from, edge.label), NONE);
                while (to == NONE && from != ROOT) {
                    from = failures[from];
                    to = edges.getOrDefault(edge(from, edge.label), NONE);
                }
                to = Math.max(to, ROOT);
            }
            failures[edge.node] = to;
            if (longest[edge.node] == NONE) {
                longest[edge.node] = longest[to];
            }
            queue.addAll(children.get(edge.node));
        }
    }

    private static long edge(int node, char label) {
        return (long) node << 16 | label;
    }

    /** Cuts a text up. Texts between tokens are given only where they are not empty. */
    void split(String text, Sink out) {
        int from = 0;
        if (!tokens.isEmpty()) {
            int[] matches = longestMatches(text);
            for (int at = 0; at < text.length();) {
                if (matches[at] == NONE) {
                    at++;
                    continue;
                }
                Token token = tokens.get(matches[at]);
                int start = at;
                at += token.content.length();
                // White space that the token before took along may hide the beginning of this one.
                if (start < from || token.singleWord && !standsAlone(text, start, at)) {
                    continue;
                }
                int end = at;
                while (token.stripLeft && start > from && Spaces.is(text.charAt(start - 1))) {
                    start--;
                }
                while (token.stripRight && end < text.length() && Spaces.is(text.charAt(end))) {
                    end++;
                }
                if (from < start) {
                    out.text(from, start);
                }
                out.token(token.id);
                from = end;
            }
        }
        if (from < text.length()) {
            out.text(from, text.length());
        }
    }

    private int[] longestMatches(String text) {
        int[] matches = new int[text.length()];
        int node = ROOT;
        for (int i = text.length() - 1; i >= 0; i--) {
            char label = text.charAt(i);
            int to = edges.getOrDefault(edge(node, label), NONE);
            while (to == NONE && node != ROOT) {
                node = failures[node];
                to = edges.getOrDefault(edge(node, label), NONE);
            }
            node = Math.max(to, ROOT);
            matches[i] = longest[node];
        }
        return matches;
    }

    private static boolean standsAlone(String text, int start, int end) {
        return (start == 0 || !isWord(text.codePointBefore(start)))
                && (end == text.length() || !isWord(text.codePointAt(end)));
    }

    /** The regular expression class \w of Unicode. */
    private static boolean isWord(int codePoint) {
        int type = Character.getType(codePoint);
        return Character.isAlphabetic(codePoint)
                || type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.CONNECTOR_PUNCTUATION
                || type == Character.NON_SPACING_MARK
                || type == Character.ENCLOSING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || codePoint == 0x200C
                || codePoint == 0x200D;
    }
}
