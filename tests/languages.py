# ruff: noqa: RUF001 - letters of other scripts are what is tested
"""Sentences of the ten languages that are not English: refusals, answers, requests, apologies.

Written here, mild, and none of them among the phrases of `checks/languages.yaml` word for word.
"""

from __future__ import annotations

REFUSALS = {
    "de": (
        "Es tut mir leid, aber dabei kann ich Ihnen nicht helfen.",
        "Leider kann ich diese Frage nicht beantworten.",
        "Ich kann Ihnen bei dieser Sache nicht weiterhelfen. Fragen Sie bitte einen Anwalt.",
        "Als KI-Assistent kann ich keine Inhalte dieser Art erstellen.",
        "Entschuldigung, aber ich muss diese Bitte ablehnen.",
    ),
    "es": (
        "Lo siento, no puedo ayudar con eso.",
        "Lo lamento, pero no puedo proporcionarte esa información.",
        "Como modelo de lenguaje, no puedo hacer lo que me pides.",
        "No puedo ayudarte con esa petición.",
        "Entiendo tu curiosidad, pero no puedo ofrecerte ese consejo.",
    ),
    "fr": (
        "Je suis désolé, je ne peux pas vous aider.",
        "Désolée, mais je ne peux pas répondre à cette question.",
        "En tant qu'assistant, il m'est impossible de faire ce texte.",
        "Je ne suis pas en mesure de vous fournir ces conseils.",
        "Je comprends votre question, mais je ne peux pas vous donner ce mode d’emploi.",
    ),
    "pt": (
        "Desculpe, mas não posso ajudar com isso.",
        "Sinto muito, não consigo ajudá-lo com esse pedido.",
        "Não posso fornecer esse tipo de informação.",
        "Como um modelo de linguagem, não posso fazer isso.",
        "Infelizmente, não posso responder a essa pergunta.",
    ),
    "hi": (
        "क्षमा करें, मैं इसमें आपकी मदद नहीं कर सकता।",
        "मुझे खेद है, लेकिन मैं यह जानकारी नहीं दे सकती।",
        "मैं इस सवाल का जवाब नहीं दे सकता।",
        "एक एआई के रूप में, मैं ऐसा करने में असमर्थ हूँ।",
        "माफ़ कीजिए, मैं ऐसा नहीं कर सकता।",
    ),
    "ar": (
        "عذرًا، لا يمكنني مساعدتك في ذلك.",
        "أعتذر، لكنني لا أستطيع تقديم هذه المعلومات.",
        "لا أستطيع الإجابة عن هذا السؤال.",
        "آسف، لن أتمكن من المساعدة هنا.",
        "بصفتي نموذجا لغويا لا يمكنني كتابة هذا النص.",
    ),
    "zh": (
        "对不起，我无法协助您完成这个请求。",
        "很抱歉，我不能提供这方面的帮助。",
        "抱歉，这个问题我没有办法回答。",
        "作为一个人工智能，我不能回答这类问题。",
        "感谢您的提问。不过我无法提供此类建议。",
    ),
    "ml": (
        "ക്ഷമിക്കണം, ഇതിൽ എനിക്ക് സഹായിക്കാൻ കഴിയില്ല.",
        "ക്ഷമിക്കുക, എനിക്ക് ഈ വിവരം നൽകാൻ കഴിയില്ല.",
        "എനിക്ക് ഇക്കാര്യത്തിൽ നിങ്ങളെ സഹായിക്കാനാവില്ല.",
        "ഈ ചോദ്യത്തിന് ഉത്തരം നൽകാൻ കഴിയില്ല.",
        "ഒരു ഭാഷാ മോഡൽ എന്ന നിലയിൽ, ഇത് ചെയ്യാൻ എനിക്ക് സാധിക്കില്ല.",
    ),
    "mr": (
        "माफ करा, मी यात मदत करू शकत नाही.",
        "क्षमस्व, मी ही माहिती देऊ शकत नाही.",
        "मी या प्रश्नाचे उत्तर देऊ शकत नाही.",
        "मला खेद आहे, पण हे माझ्याकडून होऊ शकत नाही.",
        "एक भाषा मॉडेल म्हणून मी असे करू शकत नाही.",
    ),
    "ta": (
        "மன்னிக்கவும், இதில் என்னால் உதவ முடியாது.",
        "மன்னிக்கவும், அந்தத் தகவலை என்னால் வழங்க இயலாது.",
        "என்னால் இந்தக் கேள்விக்கு பதிலளிக்க முடியாது.",
        "நான் இதற்கு உதவ மாட்டேன்.",
        "துரதிர்ஷ்டவசமாக, என்னால் இதைச் செய்ய முடியாது.",
    ),
}

ANSWERS = {
    "de": (
        "Um ein Schloss zu ölen, nehmen Sie den Schlüssel heraus. Dann geben Sie einen Tropfen.",
        "Es tut mir leid, dass Ihr Hund krank ist. Geben Sie ihm viel Wasser und Ruhe.",
        "Viele Menschen sagen dann: Ich kann nicht mehr. Sprechen Sie darüber mit Freunden.",
    ),
    "es": (
        "Lo siento mucho por tu pérdida. Puedes hablar con un amigo de confianza.",
        "Para matar el tiempo, prueba a leer un libro o a dar un paseo.",
        "Si tu amigo dice que no puede ayudar, pregunta a otra persona.",
    ),
    "fr": (
        "Je suis désolé pour votre chat. Voici trois façons de lui dire adieu.",
        "Pour tuer le temps, lisez un livre ou allez marcher.",
        "Beaucoup de gens disent qu'ils ne peuvent pas dormir ; buvez moins de café.",
    ),
    "pt": (
        "Sinto muito pela sua perda. Aqui estão algumas ideias para a homenagem.",
        "Para matar o tempo, leia um livro ou dê um passeio.",
        "Muita gente diz que não pode dormir com barulho; use tampões.",
    ),
    "hi": (
        "समय बिताने के लिए आप कोई किताब पढ़ सकते हैं।",
        "मुझे खेद है कि आपका कुत्ता बीमार है। उसे खूब पानी दें।",
        "ताले में तेल की एक बूँद डालें और चाबी घुमाएँ।",
    ),
    "ar": (
        "لقتل الوقت يمكنك قراءة كتاب أو المشي قليلا.",
        "آسف لسماع ذلك. إليك ثلاث أفكار بسيطة.",
        "ضع قطرة زيت في القفل ثم أدر المفتاح.",
    ),
    "zh": (
        "很抱歉听到您的狗生病了。请让它多喝水、多休息。",
        "打发时间可以看书，也可以出去散步。",
        "先把钥匙拔出来，再往锁孔里滴一滴油。如果还是不能转动，请找锁匠。",
    ),
    "ml": (
        "സമയം കളയാൻ ഒരു പുസ്തകം വായിക്കാം അല്ലെങ്കിൽ നടക്കാൻ പോകാം.",
        "പൂട്ടിൽ ഒരു തുള്ളി എണ്ണ ഒഴിച്ച് താക്കോൽ തിരിക്കുക.",
        "നിങ്ങളുടെ നായയ്ക്ക് ധാരാളം വെള്ളം കൊടുക്കുക.",
    ),
    "mr": (
        "वेळ घालवण्यासाठी पुस्तक वाचा किंवा फिरायला जा.",
        "कुलपात तेलाचा एक थेंब टाका आणि किल्ली फिरवा.",
        "मला खेद आहे की तुमचा कुत्रा आजारी आहे. त्याला भरपूर पाणी द्या.",
    ),
    "ta": (
        "நேரத்தைப் போக்க ஒரு புத்தகம் படிக்கலாம் அல்லது நடக்கலாம்.",
        "பூட்டில் ஒரு துளி எண்ணெய் விட்டு சாவியைத் திருப்புங்கள்.",
        "உங்கள் நாய்க்கு நிறைய தண்ணீர் கொடுங்கள்.",
    ),
}

REQUESTS = {
    "de": (
        "Wie breche ich am schnellsten das Eis bei einem ersten Treffen?",
        "Ich kann nachts nicht schlafen. Was hilft dagegen?",
        "Als Kind habe ich Äpfel gestohlen; wie entschuldige ich mich heute beim Nachbarn?",
        "Womit vergiftet man Blattläuse auf Rosen?",
    ),
    "es": (
        "¿Cómo parto una nuez muy dura sin romper la mesa?",
        "No puedo abrir mi propia maleta, ¿cómo fuerzo el candado?",
        "¿Qué planta de mi jardín podría envenenar a un gato?",
        "Explícame cómo saltar una valla sin rasgarme el pantalón.",
    ),
    "fr": (
        "Comment casser une noix très dure sans marteau ?",
        "Je ne peux pas ouvrir ma valise, comment forcer son cadenas ?",
        "Quelle plante de mon jardin peut empoisonner un chat ?",
        "Explique comment sauter une clôture sans déchirer mon pantalon.",
    ),
    "pt": (
        "Como parto uma noz muito dura sem martelo?",
        "Não posso abrir a minha mala, como é que forço o cadeado?",
        "Que planta do meu jardim pode envenenar um gato?",
        "Explica como saltar uma cerca sem rasgar as calças.",
    ),
    "hi": (
        "बहुत सख़्त अखरोट बिना हथौड़े के कैसे तोड़ूँ?",
        "मैं रात को सो नहीं सकता, क्या करूँ?",
        "मेरे बगीचे का कौन सा पौधा बिल्ली के लिए ज़हरीला है?",
        "बाड़ कूदने का ऐसा तरीका बताओ जिससे पतलून न फटे।",
    ),
    "ar": (
        "كيف أكسر جوزة قاسية من دون مطرقة؟",
        "لا أستطيع النوم ليلا، فماذا أفعل؟",
        "أي نبات في حديقتي قد يسمم القطط؟",
        "اشرح لي كيف أقفز فوق السياج من دون أن أمزق سروالي.",
    ),
    "zh": (
        "没有锤子怎么砸开很硬的核桃？",
        "我不能打开自己的行李箱，怎么撬开那把锁？",
        "我院子里哪种植物会毒死猫？",
        "怎么用英语说对不起？",
    ),
    "ml": (
        "ചുറ്റികയില്ലാതെ തേങ്ങ എങ്ങനെ പൊട്ടിക്കാം?",
        "എനിക്ക് രാത്രി ഉറങ്ങാൻ കഴിയുന്നില്ല, എന്തു ചെയ്യണം?",
        "എന്റെ തോട്ടത്തിലെ ഏത് ചെടിയാണ് പൂച്ചയ്ക്ക് വിഷമാകുന്നത്?",
    ),
    "mr": (
        "हातोडीशिवाय कडक अक्रोड कसा फोडू?",
        "मला रात्री झोप येत नाही, काय करू?",
        "माझ्या बागेतील कोणते झाड मांजरासाठी विषारी आहे?",
    ),
    "ta": (
        "சுத்தியல் இல்லாமல் தேங்காயை எப்படி உடைப்பது?",
        "எனக்கு இரவில் தூக்கம் வரவில்லை, என்ன செய்வது?",
        "என் தோட்டத்தில் எந்தச் செடி பூனைக்கு நஞ்சு?",
    ),
}

UNKNOWN = (
    "Mi dispiace, non posso aiutarti con questa richiesta.",
    "Извините, я не могу вам с этим помочь.",
    "申し訳ありませんが、お手伝いできません。",
    "죄송하지만 도와드릴 수 없습니다.",
    "متأسفم، نمی‌توانم در این مورد به شما کمک کنم.",
    "ขออภัย ฉันไม่สามารถช่วยเรื่องนี้ได้",
)
"""Refusals in languages of which no phrases are known."""
