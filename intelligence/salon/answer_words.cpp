#include "intelligence/salon/answer_words.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace steward::intelligence::salon {

namespace {

// Phrases; "=" in front: only as the whole answer.
constexpr std::array stop_words{
    "stop", "stopall", "=end", "=quit", "unsubscribe", "opt out", "optout", "remove me",
    "no more messages", "dont message me", "do not message me", "stop messaging", "dont write",
    "dont text me", "do not text me", "dont contact me", "do not contact me", "leave me alone",
    "spam",
    // de
    "stopp", "abmelden", "abbestellen", "keine nachrichten", "nicht mehr schreiben",
    "schreib mir nicht", "schreiben sie mir nicht", "austragen",
    // es
    "no me escriban", "no me escribas", "no mas mensajes", "dar de baja", "=baja", "darme de baja",
    "parar", "dejen de escribir", "deja de escribir", "no quiero mensajes",
    // fr
    "arret", "arretez", "arreter", "desabonner", "desinscrire", "plus de messages",
    "ne m ecrivez plus", "plus de message", "desinscription",
    // hi
    "band karo", "band kar do", "band kijiye", "message mat karo", "msg mat karo",
    "message mat bhejo", "mat bhejo", "mat bhejiye", "बंद करो", "बंद करें", "बंद कर दो", "बंद कीजिए",
    "मैसेज मत", "मत भेजो", "मत भेजिए", "संदेश मत"};

constexpr std::array another_time_words{
    "another time", "other time", "another day", "other day", "different time", "different day",
    "later", "reschedule", "not today", "not tomorrow", "next week", "some other",
    "change the time", "change time", "some time else", "tomorrow instead", "evening instead",
    "can i come at", "any other",
    // de
    "andere zeit", "anderer zeit", "anderen termin", "anderer termin", "ein andermal",
    "ein anderes mal", "anderer tag", "anderen tag", "spater", "spaeter", "verschieben",
    "nicht heute", "heute nicht", "nachste woche", "naechste woche", "umbuchen", "morgen lieber",
    // es
    "otra hora", "otro dia", "otro momento", "otro horario", "mas tarde", "cambiar la hora",
    "cambiar la cita", "hoy no", "en otra ocasion", "proxima semana", "semana que viene",
    "reprogramar",
    // fr
    "autre heure", "autre jour", "autre moment", "autre creneau", "plus tard", "une autre fois",
    "pas aujourd hui", "semaine prochaine", "reporter", "deplacer", "decaler", "autre horaire",
    // hi
    "baad mein", "baad me", "bad mein", "bad me", "dusra time", "doosra time", "dusre din",
    "doosre din", "kisi aur din", "kisi aur time", "aur koi time", "koi aur time", "aaj nahi",
    "aaj nahin", "kal aa", "agle hafte", "phir kabhi", "fir kabhi", "बाद में", "दूसरा समय", "दूसरे समय",
    "दूसरे दिन", "किसी और दिन", "किसी और समय", "कोई और समय", "आज नहीं", "अगले हफ्ते", "फिर कभी"};

constexpr std::array no_words{
    "no", "nope", "nah", "no thanks", "no thank you", "not interested", "cancel", "cancelled",
    "not", "noo", "cant", "can not", "cannot", "wont", "will not", "not coming", "dont want",
    "do not want", "decline", "unable", "not possible", "not able", "sorry", "=n", "never",
    "pass on", "not for me",
    // de
    "nein", "nee", "ne danke", "nein danke", "leider", "kein interesse", "absagen", "abgesagt",
    "passt nicht", "geht nicht", "kann nicht", "storno", "stornieren", "nicht",
    // es
    "no gracias", "no puedo", "no quiero", "cancelar", "cancelo", "cancela", "no me interesa",
    "imposible", "lo siento", "tampoco",
    // fr
    "non", "non merci", "pas", "pas interesse", "pas interessee", "annuler", "annule", "annulez",
    "peux pas", "desole", "desolee", "impossible", "pas possible",
    // hi
    "nahi", "nahin", "nahii", "nai", "nhi", "nahi chahiye", "=mat", "mat karo", "=na", "nako",
    "नहीं", "नही", "=ना", "=मत", "रद्द", "रद्द करो",
    // emoji
    "👎", "❌", "🚫", "🙅"};

constexpr std::array yes_words{
    "yes", "yess", "=y", "yeah", "yea", "yep", "yup", "=ya", "sure", "ok", "okk", "okay", "okey",
    "=k", "fine", "confirm", "confirmed", "book", "book it", "accept", "accepted", "great",
    "perfect", "sounds good", "of course", "definitely", "absolutely", "please do", "i will come",
    "ill come", "i will be there", "ill be there", "see you", "count me in", "works for me", "done",
    "alright", "=1",
    // de
    "ja", "jawohl", "jo", "jep", "gerne", "gern", "klar", "passt", "einverstanden", "bestatige",
    "bestaetige", "bestatigt", "bestaetigt", "super", "perfekt", "bitte buchen", "ich komme",
    "natuerlich", "naturlich", "in ordnung", "buchen", "nehme ich",
    // es
    "si", "claro", "vale", "de acuerdo", "perfecto", "confirmo", "confirmado", "confirmar",
    "por supuesto", "acepto", "=bueno", "genial", "reservar", "reserva", "listo", "ahi estare",
    "dale",
    // fr
    "oui", "ouais", "d accord", "daccord", "bien sur", "parfait", "je confirme", "confirme",
    "volontiers", "avec plaisir", "entendu", "ca marche", "je viens", "reservez", "je prends",
    // hi
    "haan", "han", "haa", "ha", "haanji", "hanji", "haan ji", "ji haan", "ji", "theek hai",
    "thik hai", "theek", "thik", "tik hai", "bilkul", "zaroor", "zarur", "pakka", "kar do",
    "book karo", "aaunga", "aaungi", "aa raha", "aa rahi", "sahi hai", "chalega", "हां", "हाँ", "हा",
    "जी", "जी हां", "ठीक", "ठीक है", "बिल्कुल", "ज़रूर", "जरूर", "पक्का", "कर दो", "आऊंगा", "आऊंगी", "चलेगा",
    // emoji
    "👍", "✅", "👌", "✔", "🙌", "🆗"};

// These say yes although other words in them don't.
constexpr std::array yes_in_spite{"no problem", "no worries", "cant wait", "why not",
                                  // de, es, fr, hi
                                  "kein problem", "warum nicht", "sin problema", "no hay problema",
                                  "por qué no", "pas de problème", "pas de souci", "pourquoi pas",
                                  "koi problem nahi", "koi baat nahi", "kyun nahi", "kyu nahi",
                                  "क्यों नहीं", "कोई बात नहीं"};

// And these say nothing, although words in them do.
constexpr std::array idle_words{"see you later", "stop by", "stopping by", "bis später",
                                "à plus tard"};

constexpr std::array unsure_words{
    "maybe", "perhaps", "not sure", "dont know", "do not know", "let me see", "let me check",
    // de, es, fr, hi
    "vielleicht", "weiß nicht", "weiss nicht", "nicht sicher", "quizás", "tal vez", "no sé",
    "no estoy seguro", "no estoy segura", "peut-être", "pas sûr", "pas sûre", "je ne sais pas",
    "shayad", "pata nahi", "शायद", "पता नहीं"};

char32_t next_point(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const size_t length = first < 0x80   ? 1
                        : first < 0xc0 ? 0
                        : first < 0xe0 ? 2
                        : first < 0xf0 ? 3
                        : first < 0xf8 ? 4
                                       : 0;
  if (length == 0 || length > text.size()) {
    text.remove_prefix(1);
    return U' ';
  }
  auto point = static_cast<char32_t>(length == 1   ? first
                                     : length == 2 ? first & 0x1f
                                     : length == 3 ? first & 0x0f
                                                   : first & 0x07);
  for (size_t i = 1; i < length; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c & 0xc0) != 0x80) {
      text.remove_prefix(i);
      return U' ';
    }
    point = point << 6 | (c & 0x3f);
  }
  text.remove_prefix(length);
  return point;
}

void append_point(std::string& out, char32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0 | point >> 6);
    out += static_cast<char>(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xe0 | point >> 12);
    out += static_cast<char>(0x80 | (point >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (point & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | point >> 18);
    out += static_cast<char>(0x80 | (point >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (point >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (point & 0x3f));
  }
}

/// A letter of Latin-1 without its accent, in lower case; 0: none of those.
char base_letter(char32_t point) {
  if (point >= 0xc0 && point <= 0xde) point += 0x20;
  if (point >= 0xe0 && point <= 0xe5) return 'a';
  if (point == 0xe7) return 'c';
  if (point >= 0xe8 && point <= 0xeb) return 'e';
  if (point >= 0xec && point <= 0xef) return 'i';
  if (point == 0xf1) return 'n';
  if (point >= 0xf2 && point <= 0xf6) return 'o';
  if (point >= 0xf9 && point <= 0xfc) return 'u';
  return 0;
}

bool is_emoji(char32_t p) { return (p >= 0x1f000 && p <= 0x1faff) || (p >= 0x2600 && p <= 0x27bf); }

/// Lower case without accents, words (and each emoji) between single spaces, one also before and
/// after. Marks inside of a word ("don't") vanish; all else divides words. Three equal letters or
/// more become one ("yesss").
std::string plain(std::string_view text) {
  std::string out = " ";
  std::vector<char32_t> points;
  text = text.substr(0, 400);
  while (!text.empty()) points.push_back(next_point(text));
  const auto divide = [&] {
    if (out.back() != ' ') out += ' ';
  };
  for (size_t i = 0; i < points.size(); ++i) {
    const auto p = points[i];
    size_t same = 1;
    while (i + same < points.size() && points[i + same] == p) ++same;
    if (same >= 3 && p > ' ' && (p < '0' || p > '9')) i += same - 1;
    if (p >= 'A' && p <= 'Z')
      out += static_cast<char>(p + 32);
    else if ((p >= 'a' && p <= 'z') || (p >= '0' && p <= '9'))
      out += static_cast<char>(p);
    else if (const auto letter = base_letter(p))
      out += letter;
    else if ((p >= 0x300 && p <= 0x36f) || p == 0x93c) // accents of their own, nukta
      continue;
    else if (p == 0x901) // candrabindu, often written as anusvara
      append_point(out, 0x902);
    else if (p == 0xdf) { // ß
      out += "ss";
    } else if (p == 0x95b) // ज़
      append_point(out, 0x91c);
    else if (p == 0xfe0f || p == 0x200d || (p >= 0x1f3fb && p <= 0x1f3ff)) // how an emoji looks
      continue;
    else if (is_emoji(p)) {
      divide();
      append_point(out, p);
      out += ' ';
    } else if (p >= 0x900 && p <= 0x97f && p != 0x964 && p != 0x965)
      append_point(out, p);
    else
      divide();
  }
  divide();
  return out;
}

/// Apostrophes vanish or divide: "don't" is "dont", "d'accord" is "d accord".
std::string without_apostrophes(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\'') continue;
    if (text.substr(i).starts_with("\u2019")) {
      i += 2;
      continue;
    }
    out += text[i];
  }
  return out;
}

/// Phrases as `plain` leaves them, so that the lists may be written as people do; the longest
/// first, so that removing "passt nicht" does not leave a "passt".
struct phrases {
  std::vector<std::string> anywhere, alone;

  template <class Words>
  explicit phrases(const Words& words) {
    for (const std::string_view word : words)
      if (word.starts_with('='))
        alone.push_back(plain(word.substr(1)));
      else
        anywhere.push_back(plain(word));
    std::ranges::stable_sort(anywhere,
                             [](const auto& a, const auto& b) { return a.size() > b.size(); });
  }
};

/// An answer in two readings of its apostrophes.
class reading {
public:
  explicit reading(std::string_view text)
      : readings_{plain(without_apostrophes(text)), plain(text)} {}

  bool has(const phrases& p) const {
    for (const auto& text : readings_) {
      for (const auto& phrase : p.anywhere)
        if (text.find(phrase) != std::string::npos) return true;
      for (const auto& phrase : p.alone)
        if (text == phrase) return true;
    }
    return false;
  }
  void remove(const phrases& p) {
    for (auto& text : readings_)
      for (const auto& phrase : p.anywhere)
        for (auto at = text.find(phrase); at != std::string::npos; at = text.find(phrase, at))
          text.replace(at, phrase.size(), " ");
  }

private:
  std::array<std::string, 2> readings_;
};

} // namespace

std::string_view to_string(meaning m) {
  switch (m) {
  case meaning::yes:
    return "yes";
  case meaning::no:
    return "no";
  case meaning::another_time:
    return "another_time";
  case meaning::stop:
    return "stop";
  case meaning::unclear:
    return "unclear";
  }
  return "unclear";
}

meaning understand(std::string_view text) {
  static const phrases stop{stop_words}, in_spite{yes_in_spite}, idle{idle_words},
      later{another_time_words}, unsure{unsure_words}, refusing{no_words}, agreeing{yes_words};
  reading words{text};
  const auto agrees_in_spite = words.has(in_spite);
  words.remove(in_spite);
  words.remove(idle);
  if (words.has(stop)) return meaning::stop;
  if (words.has(later)) return meaning::another_time;
  if (words.has(unsure)) return meaning::unclear;
  const auto no = words.has(refusing);
  words.remove(refusing);
  const auto yes = agrees_in_spite || words.has(agreeing);
  if (yes == no) return meaning::unclear;
  return yes ? meaning::yes : meaning::no;
}

} // namespace steward::intelligence::salon
