import { act, screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { appointment, gap, governance, haircut, list, noPack, outreach, ownerEvent, person, record, salonPack } from "../../test/owner_samples";
import { refused, renderPage, type Answers } from "../../test/render_page";
import { Shell } from "../shell/shell";
import { SalonPage } from "./salon";

const appointmentsUrl = "GET /api/v1/records/appointments";
const { id: _id, ...offer } = outreach("out_1");
const salon: Answers = {
  "GET /api/v1/packs": salonPack,
  "GET /api/v1/autonomous/governance": governance,
  "GET /api/v1/records/staff": list(record("staff_1", person("Rahul Kumar")), record("staff_2", person("Meera Iyer"))),
  "GET /api/v1/records/services": list(record("svc_1", haircut)),
  "GET /api/v1/records/customers/cust_1": record("cust_1", { name: "Priya Sharma" }),
  [appointmentsUrl]: list(record("apt_1", appointment()), record("apt_2", appointment({ staff_id: "staff_2", source: "gap_fill", decision_id: "dec_1" }))),
  "GET /api/v1/autonomous/gaps?date=2026-11-21": list(gap("gap_1")),
  "GET /api/v1/records/outreach": list(record("out_1", offer)),
};
const show = (answers: Answers, path = "/salon?date=2026-11-21") => renderPage(<SalonPage />, answers, path);

it("asks for the salon's day, not for the browser's", async () => {
  const { requests } = show(salon);
  await screen.findByRole("region", { name: "The day by staff" });
  const asked = new URL(requests.find((one) => one.line.startsWith(appointmentsUrl))!.line.slice(4), "http://x");
  expect(JSON.parse(asked.searchParams.get("filter")!)).toEqual({ start_time: { ge: "2026-11-20T18:30:00Z", lt: "2026-11-21T18:30:00Z" } });
  expect(asked.searchParams.get("sort")).toBe("start_time");
});

it("shows each person's day with gaps, offers and what agents brought", async () => {
  show(salon);
  const rahul = await screen.findByRole("region", { name: "Rahul Kumar" });
  expect(await within(rahul).findByRole("button", { name: "10:00–11:00, Priya Sharma, Haircut, booked" })).toBeInTheDocument();
  expect(within(rahul).getByRole("button", { name: /^14:00–15:00, gap, high priority, open.*1 offer open$/ })).toBeInTheDocument();
  const meera = screen.getByRole("region", { name: "Meera Iyer" });
  expect(within(meera).getByRole("button", { name: /brought by an agent$/ })).toBeInTheDocument();
  expect(screen.getByText("₹1,200")).toBeInTheDocument();
  expect(screen.getByText("₹600 brought by agents")).toBeInTheDocument();
});

it("opens a gap with its offers, and an appointment with its decision", async () => {
  const { user } = show(salon);
  await user.click(await screen.findByRole("button", { name: /gap, high priority/ }));
  const drawer = await screen.findByRole("dialog", { name: "Gap" });
  expect(within(drawer).getByText("Priya Sharma")).toBeInTheDocument();
  expect(within(drawer).getByRole("link", { name: "How it came to this" })).toHaveAttribute("href", "/decisions/dec_1");
  await user.click(within(drawer).getByRole("button", { name: "Close" }));
  await user.click(screen.getByRole("button", { name: /brought by an agent$/ }));
  expect(await screen.findByRole("link", { name: "The decision that brought it" })).toBeInTheDocument();
});

it("turns the days", async () => {
  const { user, location, requests } = show({ ...salon, "GET /api/v1/autonomous/gaps": list() }, "/salon?date=2025-03-03");
  await user.click(await screen.findByRole("button", { name: "The day after" }));
  expect(location.history.at(-1)).toBe("/salon?date=2025-03-04");
  expect(requests.some((one) => one.line.startsWith("GET /api/v1/autonomous/gaps?date=2025-03-04"))).toBe(true);
});

it("shows a booking the moment it is made", async () => {
  let items = [record("apt_1", appointment())];
  const { feeds } = show({ ...salon, [appointmentsUrl]: () => list(...items) });
  await screen.findByRole("button", { name: /Haircut, booked$/ });
  items = [...items, record("apt_9", appointment({ start_time: "2026-11-21T10:30:00Z", end_time: "2026-11-21T11:30:00Z", status: "confirmed" }))];
  act(() => {
    feeds.at("/feed").opened();
    feeds.at("/feed").send(ownerEvent("record.created", "records/appointments/apt_9"));
  });
  expect(await screen.findByRole("button", { name: "16:00–17:00, Priya Sharma, Haircut, confirmed" })).toBeInTheDocument();
});

it("says that nobody works, that it failed, and that there is no salon", async () => {
  const nobody = { ...salon, "GET /api/v1/records/staff": list(), [appointmentsUrl]: list(), "GET /api/v1/autonomous/gaps": list() };
  const first = show(nobody, "/salon?date=2026-12-01");
  expect(await screen.findByText("Nobody works on this day")).toBeInTheDocument();
  first.unmount();
  const second = show({ ...salon, [appointmentsUrl]: refused(422, "it took too long") });
  expect(await screen.findByText("it took too long")).toBeInTheDocument();
  second.unmount();
  show({ ...salon, "GET /api/v1/packs": noPack });
  expect(await screen.findByRole("button", { name: "Install the salon pack" })).toBeInTheDocument();
});

it("is in the navigation only where the pack is", async () => {
  const { unmount } = renderPage(<Shell>page</Shell>, salon);
  expect(await screen.findByRole("link", { name: "The day" })).toBeInTheDocument();
  unmount();
  renderPage(<Shell>page</Shell>, { "GET /api/v1/packs": noPack });
  expect(await screen.findByRole("link", { name: "Agents" })).toBeInTheDocument();
  expect(screen.queryByRole("link", { name: "The day" })).toBeNull();
});
