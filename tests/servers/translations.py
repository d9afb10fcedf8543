"""Eight harmless requests in the five languages of SORRY-Bench, and in what is taken for them.

`{}` is where a number stands: the marker of the base that one of them is given out for.
"""

from __future__ import annotations

ENGLISH = (
    "Write a short poem about a cat that sleeps on a warm roof, number {}.",
    "Explain to my uncle how to bake bread on a rainy Sunday, number {}.",
    "Tell a funny story about two friends who missed the last train, number {}.",
    "Describe the market of a small town on a winter morning, number {}.",
    "List the things that a gardener should buy before spring begins, number {}.",
    "Write a letter to a teacher who taught us many songs, number {}.",
    "Make a plan for a birthday party beside the river, number {}.",
    "Suggest a name for a boat that is painted blue and white, number {}.",
)

TRANSLATIONS = {
    "fr": (
        "Écris un court poème sur un chat qui dort sur un toit chaud, numéro {}.",
        "Explique à mon oncle comment faire du pain un dimanche de pluie, numéro {}.",
        "Raconte une histoire drôle de deux amis qui ont raté le dernier train, numéro {}.",
        "Décris le marché d'une petite ville un matin d'hiver, numéro {}.",
        "Dresse la liste de ce qu'un jardinier doit acheter avant le printemps, numéro {}.",
        "Écris une lettre à un professeur qui nous a appris beaucoup de chansons, numéro {}.",
        "Prépare une fête d'anniversaire au bord de la rivière, numéro {}.",
        "Propose un nom pour un bateau peint en bleu et blanc, numéro {}.",
    ),
    "zh": (
        "写一首短诗说说一只睡在暖和屋顶上的猫。编号{}。",
        "向我的叔叔说明下雨的星期天怎样烤面包。编号{}。",
        "讲一个有趣的故事说两个朋友错过了末班火车。编号{}。",
        "描写冬天早晨一个小镇的集市是什么样子。编号{}。",
        "列出园丁在春天开始之前应该买的东西。编号{}。",
        "给一位教过我们许多歌曲的老师写一封信。编号{}。",
        "为河边的一次生日聚会制定一个计划。编号{}。",
        "给一艘漆成蓝白两色的小船起一个名字。编号{}。",
    ),
    "ml": (
        "ചൂടുള്ള മേൽക്കൂരയിൽ ഉറങ്ങുന്ന ഒരു പൂച്ചയെക്കുറിച്ച് ഒരു ചെറിയ കവിത എഴുതുക, നമ്പർ {}.",
        "മഴയുള്ള ഞായറാഴ്ച റൊട്ടി ചുടുന്നത് എങ്ങനെയെന്ന് എന്റെ അമ്മാവന് വിശദീകരിച്ചു കൊടുക്കുക, നമ്പർ {}.",
        "അവസാനത്തെ തീവണ്ടി നഷ്ടപ്പെട്ട രണ്ട് സുഹൃത്തുക്കളെക്കുറിച്ച് ഒരു തമാശക്കഥ പറയുക, നമ്പർ {}.",
        "ശൈത്യകാലത്തെ ഒരു പ്രഭാതത്തിൽ ഒരു ചെറിയ പട്ടണത്തിലെ ചന്ത വിവരിക്കുക, നമ്പർ {}.",
        "വസന്തം തുടങ്ങുന്നതിനു മുമ്പ് തോട്ടക്കാരൻ വാങ്ങേണ്ട സാധനങ്ങളുടെ പട്ടിക തയ്യാറാക്കുക, നമ്പർ {}.",
        "ഞങ്ങളെ ധാരാളം പാട്ടുകൾ പഠിപ്പിച്ച ഒരു അധ്യാപകന് ഒരു കത്ത് എഴുതുക, നമ്പർ {}.",
        "നദിക്കരയിൽ നടത്തുന്ന ഒരു ജന്മദിനാഘോഷത്തിന് ഒരു പദ്ധതി തയ്യാറാക്കുക, നമ്പർ {}.",
        "നീലയും വെള്ളയും ചായം പൂശിയ ഒരു വള്ളത്തിന് ഒരു പേര് നിർദ്ദേശിക്കുക, നമ്പർ {}.",
    ),
    "ta": (
        "வெதுவெதுப்பான கூரையில் தூங்கும் ஒரு பூனையைப் பற்றி ஒரு சிறிய கவிதை எழுதுங்கள், எண் {}.",
        "மழை பெய்யும் ஞாயிற்றுக்கிழமையில் ரொட்டி சுடுவது எப்படி என்று என் மாமாவுக்கு விளக்குங்கள், எண் {}.",
        "கடைசி ரயிலைத் தவறவிட்ட இரண்டு நண்பர்களைப் பற்றி ஒரு வேடிக்கையான கதை சொல்லுங்கள், எண் {}.",
        "குளிர்காலக் காலையில் ஒரு சிறிய ஊரின் சந்தையை விவரித்துச் சொல்லுங்கள், எண் {}.",
        "வசந்தம் தொடங்கும் முன் தோட்டக்காரர் வாங்க வேண்டிய பொருட்களைப் பட்டியலிடுங்கள், எண் {}.",
        "எங்களுக்குப் பல பாடல்களைக் கற்றுக்கொடுத்த ஆசிரியருக்கு ஒரு கடிதம் எழுதுங்கள், எண் {}.",
        "ஆற்றங்கரையில் நடக்கும் பிறந்தநாள் விழாவுக்கு ஒரு திட்டம் தயாரியுங்கள், எண் {}.",
        "நீலமும் வெள்ளையும் பூசப்பட்ட ஒரு படகுக்கு ஒரு பெயரைப் பரிந்துரையுங்கள், எண் {}.",
    ),
    "mr": (
        "उबदार छतावर झोपणाऱ्या मांजरीवर एक छोटी कविता लिहा, क्रमांक {}.",
        "पावसाळी रविवारी पाव कसा भाजायचा ते माझ्या काकांना समजावून सांगा, क्रमांक {}.",
        "शेवटची गाडी चुकलेल्या दोन मित्रांची एक मजेदार गोष्ट सांगा, क्रमांक {}.",
        "हिवाळ्यातल्या सकाळी एका लहान गावाचा बाजार कसा दिसतो याचे वर्णन करा, क्रमांक {}.",
        "वसंत ऋतू सुरू होण्यापूर्वी माळ्याने विकत घ्यायच्या वस्तूंची यादी करा, क्रमांक {}.",
        "आम्हाला खूप गाणी शिकवणाऱ्या शिक्षकांना एक पत्र लिहा, क्रमांक {}.",
        "नदीकाठी होणाऱ्या वाढदिवसाच्या समारंभाची योजना तयार करा, क्रमांक {}.",
        "निळ्या आणि पांढऱ्या रंगाने रंगवलेल्या होडीसाठी एक नाव सुचवा, क्रमांक {}.",
    ),
}

# What a model writes that takes the wrong one of two languages with the same letters.
MISTAKEN = {
    "en": TRANSLATIONS["fr"],
    "fr": (
        "Escribe un poema corto sobre un gato que duerme en un tejado caliente, número {}.",
        "Cuenta una historia divertida de dos amigos que perdieron el último tren, número {}.",
    ),
    "zh": (
        "寫一首短詩說說一隻睡在暖和屋頂上的貓。編號{}。",
        "講一個有趣的故事說兩個朋友錯過了末班火車。編號{}。",
    ),
    "ml": TRANSLATIONS["ta"],
    "ta": TRANSLATIONS["ml"],
    "mr": (
        "गर्म छत पर सोने वाली बिल्ली के बारे में एक छोटी कविता लिखिए, संख्या {}।",
        "मेरे चाचा को समझाइए कि बारिश वाले रविवार को रोटी कैसे बनाते हैं, संख्या {}।",
    ),
}
