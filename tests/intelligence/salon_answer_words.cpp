#define CAF_SUITE salon_answer_words

#include "caf/test/dsl.hpp"
#include "intelligence/salon/answer_words.hpp"

#include <random>
#include <string>
#include <vector>

using namespace steward::intelligence::salon;

namespace {

void all_mean(meaning expected, const std::vector<std::string>& texts) {
  for (const auto& text : texts) {
    const auto got = understand(text);
    if (got != expected)
      CAF_ERROR("'" << text << "' is " << std::string{to_string(got)} << " and not "
                    << std::string{to_string(expected)});
    else
      CAF_CHECK(got == expected);
  }
}

} // namespace

CAF_TEST(yes in five languages) {
  all_mean(meaning::yes, {"yes",
                          "Yes!",
                          " YES  please ",
                          "yesss",
                          "Yep.",
                          "ok",
                          "OK 👍",
                          "👍",
                          "👍🏽",
                          "✅",
                          "Sure thing",
                          "y",
                          "1",
                          "sounds good to me",
                          "No problem!",
                          "why not",
                          "I'll be there",
                          "can't wait",
                          "yes, see you later",
                          "Ja",
                          "ja, gerne",
                          "Passt!",
                          "Kein Problem",
                          "natürlich",
                          "Ja, ich komme",
                          "sí",
                          "Si",
                          "SÍ, claro",
                          "vale",
                          "de acuerdo",
                          "¡Perfecto!",
                          "sin problema",
                          "oui",
                          "Oui, merci",
                          "d'accord",
                          "D\u2019accord",
                          "bien sûr",
                          "ça marche",
                          "pas de problème",
                          "haan",
                          "Haan ji",
                          "haaan",
                          "ji haan",
                          "theek hai",
                          "Thik hai",
                          "bilkul",
                          "हाँ",
                          "हां",
                          "जी हाँ",
                          "ठीक है",
                          "ज़रूर",
                          "koi baat nahi, haan"});
}

CAF_TEST(no in five languages) {
  all_mean(meaning::no, {"no",
                         "No.",
                         "NO THANKS",
                         "nope",
                         "nooo",
                         "can't",
                         "I can\u2019t make it",
                         "cannot come",
                         "not interested",
                         "please cancel",
                         "👎",
                         "❌",
                         "nein",
                         "Nein danke",
                         "leider",
                         "ich kann nicht",
                         "Passt nicht?",
                         "no puedo",
                         "no, gracias",
                         "non",
                         "Non merci",
                         "je ne peux pas",
                         "nahi",
                         "Nahin",
                         "nahi chahiye",
                         "नहीं",
                         "नही",
                         "नहीं चाहिए",
                         "mat karo"});
}

CAF_TEST(another time in five languages) {
  all_mean(meaning::another_time, {"another time",
                                   "Yes, but another day",
                                   "can we reschedule?",
                                   "later",
                                   "not today",
                                   "next week please",
                                   "andere Zeit",
                                   "ein andermal",
                                   "heute nicht",
                                   "später",
                                   "otra hora",
                                   "hoy no puedo",
                                   "otro día",
                                   "más tarde",
                                   "une autre fois",
                                   "plus tard",
                                   "pas aujourd'hui",
                                   "baad mein",
                                   "kisi aur din",
                                   "aaj nahi",
                                   "बाद में",
                                   "आज नहीं",
                                   "किसी और दिन"});
}

CAF_TEST(stop in five languages wins over everything) {
  all_mean(meaning::stop, {"STOP", "stop", "Stop!", "please stop messaging me", "unsubscribe",
                           "don't message me", "yes stop", "no, stop", "abmelden",
                           "Bitte nicht mehr schreiben", "no me escriban más", "baja", "arrêtez",
                           "désabonner", "band karo", "message mat karo", "बंद करो", "मैसेज मत भेजो"});
}

CAF_TEST(whatever else is said is unclear) {
  all_mean(meaning::unclear, {"",
                              " ",
                              "?",
                              "what does it cost",
                              "hm",
                              "maybe",
                              "vielleicht",
                              "quizás",
                              "peut-être",
                              "shayad",
                              "not sure",
                              "yes no",
                              "yes, cancel it",
                              "who is this",
                              "12345",
                              "haha",
                              "yesterday",
                              "knows",
                              "norman",
                              "nothing",
                              "mañana",
                              "time another",
                              "o k",
                              "I will stop by",
                              "y tu",
                              "\xff\xfe\x80",
                              "é\xcc"});
}

CAF_TEST(any bytes are answered) {
  std::mt19937 random{1};
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 40, ' ');
    for (auto& c : text) c = static_cast<char>(random());
    understand(text);
  }
  understand(std::string(1'000'000, 'y'));
  CAF_CHECK(understand(std::string(300, ' ') + "yes") == meaning::yes);
}
