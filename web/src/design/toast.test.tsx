import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loadLocale } from "../i18n/index.ts";
import { focusToasts, Toasts, toast } from "./toast.tsx";

beforeEach(async () => {
  await loadLocale("en");
  vi.useFakeTimers();
  render(<Toasts />);
});
afterEach(() => {
  act(() => vi.advanceTimersByTime(60_000));
  cleanup();
  vi.useRealTimers();
});

const wait = (ms: number) => act(() => vi.advanceTimersByTime(ms));

test("a note goes after 8 s, but not while it is pointed at", () => {
  act(() => toast("Saved"));
  wait(5_000);
  fireEvent.pointerEnter(screen.getByRole("region"));
  wait(60_000);
  expect(screen.queryByText("Saved")).not.toBeNull();
  fireEvent.pointerLeave(screen.getByRole("region"));
  wait(2_900);
  expect(screen.queryByText("Saved")).not.toBeNull();
  wait(200);
  expect(screen.queryByText("Saved")).toBeNull();
});

test("the newest three are shown", () => {
  act(() => ["one", "two", "three", "four"].forEach((text) => void toast(text)));
  expect(screen.queryByText("one")).toBeNull();
  expect(screen.getAllByRole("button").length).toBe(3);
});

test("the keyboard reaches the undo of the newest note, and Escape leads back", () => {
  const undo = vi.fn();
  const field = document.body.appendChild(document.createElement("input"));
  field.focus();
  expect(focusToasts()).toBe(false);
  act(() => toast("Deleted", { action: { label: "Undo", run: undo } }));
  act(() => void focusToasts());
  expect(document.activeElement?.textContent).toBe("Undo");
  fireEvent.keyDown(document.activeElement ?? field, { key: "Escape" });
  expect(screen.queryByText("Deleted")).toBeNull();
  expect(document.activeElement).toBe(field);
  field.remove();
});
