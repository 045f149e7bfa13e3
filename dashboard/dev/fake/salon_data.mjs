// A salon in Kolkata's zone for the fake server: people, services and three days of appointments.
// The same on every start, but for the moment it is made for.
const offsetMs = 5.5 * 3_600_000;
export const zone = "Asia/Kolkata";
const dayMs = 86_400_000;

/** Numbers between 0 and 1 that come in the same order each time. */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}
export const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
export const localDate = (ms) => new Date(ms + offsetMs).toISOString().slice(0, 10);
/** The instant of a time of day in the salon's zone. */
export const at = (date, minutes) => Date.parse(`${date}T00:00:00Z`) - offsetMs + minutes * 60_000;

const week = (from, to) =>
  Object.fromEntries(["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [day, [[from, to]]]));
const lunch = (from, to) => week(from, to);

export const services = {
  svc_cut: { name: "Haircut", duration_minutes: 45, buffer_before_minutes: 0, buffer_after_minutes: 5, price: 600, category: "hair", active: true },
  svc_colour: { name: "Colour", duration_minutes: 120, buffer_before_minutes: 0, buffer_after_minutes: 10, price: 2800, category: "hair", active: true },
  svc_facial: { name: "Facial", duration_minutes: 60, buffer_before_minutes: 0, buffer_after_minutes: 5, price: 1500, category: "skin", active: true },
  svc_mani: { name: "Manicure", duration_minutes: 40, buffer_before_minutes: 0, buffer_after_minutes: 5, price: 500, category: "nails", active: true },
  svc_beard: { name: "Beard trim", duration_minutes: 20, buffer_before_minutes: 0, buffer_after_minutes: 5, price: 250, category: "hair", active: true },
  svc_spa: { name: "Hair spa", duration_minutes: 75, buffer_before_minutes: 0, buffer_after_minutes: 10, price: 1800, category: "hair", active: true },
};
export const staff = {
  staff_rahul: { name: "Rahul Kumar", active: true, skills: [], working_hours: week("09:00", "18:00"), breaks: lunch("13:00", "13:30"), time_off: [] },
  staff_meera: { name: "Meera Iyer", active: true, skills: [], working_hours: week("10:00", "19:00"), breaks: lunch("14:00", "14:30"), time_off: [] },
  staff_arjun: { name: "Arjun Das", active: true, skills: [], working_hours: week("09:00", "17:00"), breaks: lunch("12:30", "13:00"), time_off: [] },
  staff_sana: { name: "Sana Sheikh", active: true, skills: [], working_hours: week("11:00", "20:00"), breaks: lunch("15:00", "15:30"), time_off: [] },
  staff_leela: { name: "Leela Nair", active: true, skills: [], working_hours: week("09:00", "18:00"), breaks: lunch("13:30", "14:00"), time_off: [] },
};
const names = [
  "Priya Sharma", "Ananya Rao", "Vikram Singh", "Neha Gupta", "Rohan Mehta", "Kavya Pillai", "Aditya Joshi", "Isha Patel",
  "Sanjay Reddy", "Divya Menon", "Karan Malhotra", "Pooja Desai", "Amit Verma", "Ritu Kapoor", "Nikhil Bose", "Tara Fernandes",
  "Manish Agarwal", "Swati Kulkarni", "Farhan Ali", "Geeta Chawla", "Dev Banerjee", "Nisha Thomas", "Suresh Babu", "Alka Mishra",
];
export const customers = Object.fromEntries(
  names.map((name, index) => [
    `cust_${String(index + 1).padStart(3, "0")}`,
    { name, phone: `+9198765${String(43000 + index * 37)}`, language: index % 5 === 0 ? "hi" : "en", consent: { whatsapp: true, sms: true, email: false, opted_out: false } },
  ]),
);

const sources = [...Array(12).fill("client"), "gap_fill", "waitlist", "rebooking"];

/** Fills most of each person's day and gives back what stayed free. */
export function appointmentsOf(date, now) {
  const random = seeded(Number(date.replaceAll("-", "")));
  const pick = (list) => list[Math.floor(random() * list.length)];
  const booked = {};
  const free = [];
  const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  for (const [staffId, person] of Object.entries(staff)) {
    const [[opens, closes]] = person.working_hours.mon;
    const [[rest, back]] = person.breaks.mon;
    for (const [from, to] of [[minutes(opens), minutes(rest)], [minutes(back), minutes(closes)]]) {
      let time = from;
      while (time < to) {
        if (random() < 0.24) {
          const length = Math.min(pick([30, 45, 60, 90]), to - time);
          if (length >= 30) free.push({ staffId, start: at(date, time), end: at(date, time + length) });
          time += length;
          continue;
        }
        const [serviceId, service] = pick(Object.entries(services));
        if (time + service.duration_minutes > to) {
          if (to - time >= 30) free.push({ staffId, start: at(date, time), end: at(date, to) });
          break;
        }
        const start = at(date, time);
        const end = start + service.duration_minutes * 60_000;
        const fate = random();
        const status = end < now ? (fate < 0.06 ? "no_show" : "completed") : fate < 0.06 ? "cancelled" : fate < 0.5 ? "confirmed" : "booked";
        booked[`apt_${date.slice(5)}_${Object.keys(booked).length}`] = {
          customer_id: pick(Object.keys(customers)), staff_id: staffId, service_id: serviceId, start_time: iso(start), end_time: iso(end),
          status, price: service.price, booked_at: iso(start - (1 + random() * 9) * dayMs), source: pick(sources),
          no_show_risk: Math.round(random() * 60) / 100,
        };
        time += service.duration_minutes + service.buffer_after_minutes;
      }
    }
  }
  return { booked, free };
}
