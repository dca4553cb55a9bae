package sekisho.pages;

import java.util.List;

/**
 * One page's part of a long list: a delivery may have thousands of files, and no browser wants a page of them all.
 *
 * @param shown what stands on this page
 * @param page  its number, from 1
 * @param pages how many there are, at least 1
 * @param first place of the first one shown, from 1
 * @param all   length of the whole list
 */
public record Excerpt<T>(List<T> shown, int page, int pages, int first, int all) {

    static final int PER_PAGE = 100;

    /** @param page as asked for; what there isn't becomes the nearest that there is */
    public static <T> Excerpt<T> of(List<T> list, int page) {
        int pages = Math.max(1, Math.ceilDiv(list.size(), PER_PAGE));
        int number = Math.clamp(page, 1, pages);
        int from = (number - 1) * PER_PAGE;
        return new Excerpt<>(List.copyOf(list.subList(from, Math.min(from + PER_PAGE, list.size()))), number, pages, from + 1, list.size());
    }

    public boolean whole() {
        return pages == 1;
    }

    /** Place of the last one shown. */
    public int last() {
        return first + shown.size() - 1;
    }

    public boolean hasBefore() {
        return page > 1;
    }

    public boolean hasAfter() {
        return page < pages;
    }

    public int before() {
        return page - 1;
    }

    public int after() {
        return page + 1;
    }
}
